<?php
/**
 * A small shop in plain PHP. The server tells a relay of the order, the page has the pixel's half with the same id.
 *
 *   php -S 127.0.0.1:3000 shop.php
 */

declare(strict_types=1);

const FORM = '<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>';
const LOADER = 'https://bzrcdn.openai.com';
const API = 'https://bzr.openai.com';

function setting(string $name, string $default = ''): string
{
    return getenv($name) ?: $default;
}

/** Hands an event to the relay, which has it on disk when it answers, and delivers it. Says so where the relay did not take it. */
function report(array $event): void
{
    $url = setting('WAYBILL_RELAY', 'http://127.0.0.1:8787') . '/v1/events?pid=' . rawurlencode(setting('WAYBILL_PIXEL_ID'));
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['content-type: application/json', 'authorization: Bearer ' . setting('WAYBILL_INTAKE_TOKEN')],
        'content' => json_encode(['events' => [$event]], JSON_THROW_ON_ERROR),
        'timeout' => 2,
    ]]);
    if (@file_get_contents($url, false, $context) === false) {
        // A file or a table of your own keeps what the relay did not take; its id makes sure that it counts once.
        error_log("{$event['id']} is not reported yet");
    }
}

/** The server's half. The relay hashes the address before anything leaves it. */
function event_of(array $order): array
{
    return [
        'id' => "order_{$order['number']}",
        'type' => 'order_created',
        'timestamp' => $order['paidAtMs'],
        'actionSource' => 'web',
        'sourceUrl' => 'https://shop.example.com/thank-you',
        'data' => ['amount' => $order['total'], 'currency' => 'EUR'],
    ] + $order['visitor'];
}

/** The browser's half: the same id and the same amount, in minor units: 2599 is 25.99 EUR. */
function pixel_of(array $order, string $nonce): string
{
    $init = in_script(['init', ['pixelId' => setting('WAYBILL_PIXEL_ID')]]);
    $data = ['type' => 'contents', 'amount' => 2599, 'currency' => 'EUR'];
    $measure = in_script(['measure', 'order_created', $data, ['event_id' => "order_{$order['number']}"]]);
    return "<script nonce=\"$nonce\">window.oaiq=function q(){q.q.push(arguments)};oaiq.q=[];oaiq(...$init)</script>"
        . "<script nonce=\"$nonce\" async src=\"" . LOADER . '/sdk/oaiq.min.js"></script>'
        . "<script nonce=\"$nonce\">window.oaiq&&oaiq(...$measure)</script>";
}

/** JSON that may stand in a script of a page. */
function in_script(array $value): string
{
    return json_encode($value, JSON_HEX_TAG | JSON_THROW_ON_ERROR);
}

/** A cookie as it came: $_COOKIE is decoded. */
function cookie(string $name): ?string
{
    return preg_match("/(?:^|; )$name=([^;]*)/", $_SERVER['HTTP_COOKIE'] ?? '', $found) === 1 ? $found[1] : null;
}

/** Stands for your consent tool. */
function consents(): bool
{
    return cookie('ads') === 'yes';
}

/** Keeps the click reference. From the raw query: $_GET is decoded, and it must stay as it came. */
function landing(): void
{
    if (consents() && preg_match('/(?:^|&)oppref=([^&]+)/', $_SERVER['QUERY_STRING'] ?? '', $found) === 1) {
        $value = rtrim(strtr(base64_encode($found[1]), '+/', '-_'), '=');
        header("set-cookie: click=$value; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax");
    }
    echo FORM;
}

function checkout(): void
{
    $key = bin2hex(random_bytes(16));
    $order = ['number' => substr($key, 0, 8), 'paidAtMs' => (int) (microtime(true) * 1000), 'total' => '25.99'];
    $order['visitor'] = consents() ? visitor() : [];
    file_put_contents(place_of($key), json_encode($order, JSON_THROW_ON_ERROR));
    report(event_of($order));
    header("location: /thank-you/$key", true, 303);
}

/** What may be told of the visitor. */
function visitor(): array
{
    $click = cookie('click');
    $user = [
        'email' => $_POST['email'] ?? '',
        'ipAddress' => $_SERVER['REMOTE_ADDR'],
        'userAgent' => $_SERVER['HTTP_USER_AGENT'] ?? null,
    ];
    return ['user' => $user] + ($click === null ? [] : ['oppref' => base64_decode(strtr($click, '-_', '+/'))]);
}

function thank_you(string $key): void
{
    $order = is_file(place_of($key)) ? json_decode(file_get_contents(place_of($key)), true) : null;
    if ($order === null) {
        http_response_code(404);
        return;
    }
    $nonce = bin2hex(random_bytes(16));
    [$loader, $api] = [LOADER, API];
    header("content-security-policy: default-src 'self'; script-src 'nonce-$nonce' $loader; connect-src $api $loader; img-src $api");
    header('cache-control: private, no-store');
    $pixel = consents() ? pixel_of($order, $nonce) : '';
    echo "<!doctype html><title>Thank you</title><h1>Thank you for order {$order['number']}</h1>$pixel";
}

/** Stands for your database. Whoever has the key sees the thank-you page, so it cannot be guessed. */
function place_of(string $key): string
{
    return sys_get_temp_dir() . "/waybill-example-order-$key.json";
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
match (true) {
    $path === '/' => landing(),
    $path === '/checkout' && $_SERVER['REQUEST_METHOD'] === 'POST' => checkout(),
    preg_match('#^/thank-you/([0-9a-f]{32})$#', $path, $found) === 1 => thank_you($found[1]),
    default => http_response_code(404),
};
