<?php
/**
 * Plugin Name: Waybill
 * Description: Keeps the click reference with the order, and loads the pixel. Goes to wp-content/mu-plugins/waybill.php.
 */

/** Consent, and the click reference as waybill.js kept it. From the raw header: PHP decodes $_COOKIE. */
function waybill_keep($order) {
    if (!function_exists('wp_has_consent') || !wp_has_consent('marketing')) {
        return;
    }
    $order->update_meta_data('_waybill_consent', 'yes');
    if (preg_match('/(?:^|;\s*)waybill_click=([^;]+)/', $_SERVER['HTTP_COOKIE'] ?? '', $found)) {
        $order->update_meta_data('_waybill_oppref', base64_decode($found[1]));
    }
}

// The classic checkout, and the block.
add_action('woocommerce_checkout_create_order', 'waybill_keep');
add_action('woocommerce_store_api_checkout_update_order_meta', function ($order) {
    waybill_keep($order);
    $order->save();
});

// What webhooks bring of an order has it in a place of its own.
add_filter('woocommerce_rest_prepare_shop_order_object', function ($response, $order) {
    $response->data['waybill'] = [
        'consent' => $order->get_meta('_waybill_consent'),
        'oppref' => $order->get_meta('_waybill_oppref'),
    ];
    return $response;
}, 10, 2);

add_action('wp_enqueue_scripts', function () {
    wp_enqueue_script('waybill', plugins_url('waybill.js', __FILE__), [], null, ['in_footer' => true]);
});

// The thank-you page says what was bought, in the statuses in which the relay takes the order.
add_action('woocommerce_thankyou', function ($id) {
    $order = wc_get_order($id);
    if (!$order || !$order->is_paid()) {
        return;
    }
    $said = ['id' => (string) $id, 'total' => $order->get_total(), 'currency' => $order->get_currency()];
    printf('<script type="application/json" id="waybill-order">%s</script>', wp_json_encode($said, JSON_HEX_TAG));
});
