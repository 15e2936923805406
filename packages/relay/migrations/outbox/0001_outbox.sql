-- Waybill's outbox 1: conversions in the order's own transaction. PostgreSQL 16 or newer. The way back: 0001_outbox.down.sql.
-- Once per database, by a role that may create roles and schemas. What it makes belongs to {{owner}}, which nobody can log in as.

do $$
begin
  if current_setting('server_version_num')::integer < 160000 then
    raise exception 'The outbox needs PostgreSQL 16 or newer.';
  end if;
  -- Roles are the cluster's: another database may have made them.
  if not exists (select from pg_catalog.pg_roles where rolname = {{owner_text}}) then
    create role {{owner}} nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = {{taker_text}}) then
    create role {{taker}} nologin;
  end if;
  if not pg_has_role(current_user, {{owner_text}}, 'set') then
    execute format('grant %I to %I with inherit true, set true', {{owner_text}}, current_user);
  end if;
end
$$;

create schema waybill;

create table waybill.outbox (
  place bigint generated always as identity,
  -- Null where it was no Pixel ID.
  pixel text,
  -- Null where it could not be read; then `bytes` and `sha256` tell of it.
  event text,
  -- The fields whose values were left out, because they were raw and not plain.
  left_out text[],
  bytes integer,
  sha256 text,
  brought_by text not null default session_user,
  enqueued_at timestamptz not null default clock_timestamp()
-- Rows come and go: their room is to be used again soon.
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0);

-- Not unique: a unique key would have one transaction wait for another.
create index outbox_place on waybill.outbox (place);

create function waybill.outbox_version() returns integer
language sql immutable parallel safe
return 1;

-- What may stand where in `user`, and what an event has beside it.
create function waybill.kind_of(key text) returns text
language sql immutable strict parallel safe
return {{user_kinds}}::jsonb ->> key;

-- An email address, or a phone number with its +, in a text: also percent-encoded, or with escapes of JSON (whose \ is here a DEL).
create function waybill.has_trace(given text) returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
  plain text := given;
begin
  if given !~ '[@+%\x7f]' collate "C" then
    return false;
  end if;
  plain := regexp_replace(plain, '%(25)*40|\x7fu0040|%(25)*5[cC]u0040', '@', 'g');
  plain := regexp_replace(plain, '%(25)*2[bB]|\x7fu002[bB]', '+', 'g');
  -- `logo@2x.png` is the name of a picture.
  plain := regexp_replace(plain, '@[0-9](\.[0-9])?x[-A-Za-z0-9]*\.(png|jpe?g|gif|webp|avif|svg)', '', 'g');
  return plain ~ '[^[:space:]"@]@([[]|localhost|[^[:space:]"@]*\.[^[:space:]"@.]{2}|[0-9]+\.[0-9]+\.)' collate "C"
    or plain ~ '\+[ ().-]{0,3}[0-9]([ ().-]{0,3}[0-9]){7}' collate "C";
end
$$;

-- True for the hex digits of a SHA-256. (A pattern of 64 digits costs as much as reading a whole event. Not strict, as what is strict and
-- has an `and` is called in place of being read into the expression around it.)
create function waybill.is_digest(given text) returns boolean
language sql immutable parallel safe
return octet_length(given) = 64 and given ~ '^[0-9a-f]*$' collate "C";

-- The digest of an identity that is plain already, or is one; null for everything else, which is left out. The text is that between
-- the quotes of a JSON string, as it is written there.
create function waybill.hashed(kind text, written text) returns text
language plpgsql immutable strict parallel safe
as $$
declare
  plain text := btrim(written, ' ');
begin
  if octet_length(plain) > 1000 then
    return null;
  elsif is_digest(plain) then
    return nullif(plain, {{hash_of_nothing}});
  elsif kind = 'email' then
    plain := lower(plain collate "C");
    if plain !~ {{email}} collate "C" then
      return null;
    end if;
  elsif kind = 'external-id' then
    if plain !~ {{external_id}} collate "C" or lower(plain collate "C") ~ {{no_external_id}} collate "C" then
      return null;
    end if;
  elsif kind = 'phone' then
    if plain !~ {{phone}} collate "C" then
      return null;
    end if;
    plain := substr(plain, 2);
  else
    return null;
  end if;
  return encode(sha256(convert_to(plain, 'UTF8')), 'hex');
end
$$;

-- One value of `user`, as JSON, ready to be kept; null for one that is left out.
create function waybill.kept_value(kind text, value json) returns text
language plpgsql immutable strict parallel safe
as $$
declare
  written text := value::text;
  digest text;
begin
  if json_typeof(value) = 'null' then
    return written;
  elsif json_typeof(value) <> 'string' then
    return null;
  elsif kind = 'clear' then
    return case when has_trace(written) then null else written end;
  end if;
  digest := hashed(kind, substr(btrim(written, E' \t\r\n'), 2, length(btrim(written, E' \t\r\n')) - 2));
  return '"' || digest || '"';
end
$$;

-- `user` without what is raw. `paths` names what was left out, never a key that is not known.
create function waybill.kept_user(given json, out kept text, out paths text[])
language plpgsql immutable parallel safe
as $$
declare
  field record;
  element record;
  kind text;
  one text;
  list text[];
  is_same boolean := true;
  fields text[] := '{}';
begin
  paths := '{}';
  if json_typeof(given) <> 'object' then
    kept := case json_typeof(given) when 'null' then 'null' end;
    paths := case when kept is null then '{user}' else paths end;
    return;
  end if;
  for field in select each.key, each.value from json_each(given) as each loop
    kind := kind_of(field.key);
    if kind is null then
      paths := paths || 'user'::text;
    elsif json_typeof(field.value) = 'array' then
      list := '{}';
      for element in select each.value from json_array_elements(field.value) as each loop
        one := kept_value(kind, element.value);
        if one is null then
          paths := paths || ('user.' || field.key);
        else
          list := list || one;
        end if;
        is_same := is_same and one is not distinct from element.value::text;
      end loop;
      if list <> '{}' or not ('user.' || field.key) = any (paths) then
        fields := fields || (to_json(field.key)::text || ':[' || array_to_string(list, ',') || ']');
      end if;
    else
      one := kept_value(kind, field.value);
      if one is null then
        paths := paths || ('user.' || field.key);
      else
        fields := fields || (to_json(field.key)::text || ':' || one);
      end if;
      is_same := is_same and one is not distinct from field.value::text;
    end if;
  end loop;
  kept := case when is_same and paths = '{}' then given::text else '{' || array_to_string(fields, ',') || '}' end;
end
$$;

-- Text of JSON without the strings and keys that hold a trace of a person, and without what stands under the key of a name or an address.
create function waybill.without_traces(given text) returns text
language plpgsql immutable strict parallel safe
as $$
declare
  kept text := given;
begin
  if has_trace(given) then
    select coalesce(string_agg(
      case when found.part[1] like '"%' and has_trace(found.part[1]) then '"[removed]"' else found.part[1] end, ''
      order by found.at), '')
    into kept
    from regexp_matches(given, '("(?:[^"\\]|\\.)*"|[^"]+)', 'g') with ordinality as found (part, at);
  end if;
  if kept ~* {{person_key}} collate "C" then
    kept := regexp_replace(kept, {{person_value}} collate "C", '\1null', 'gi');
  end if;
  return kept;
end
$$;

-- An object's known keys with values that are no objects; the value under every other key is not kept.
create function waybill.kept_fields(given json, keys text[], is_free boolean, out kept text, out changed boolean)
language plpgsql immutable parallel safe
as $$
declare
  field record;
  one text;
  items text[];
  item record;
  inner_kept text;
  inner_changed boolean;
  fields text[] := '{}';
begin
  changed := false;
  if json_typeof(given) <> 'object' then
    kept := case json_typeof(given) when 'null' then 'null' else '"[removed]"' end;
    changed := json_typeof(given) <> 'null';
    return;
  end if;
  for field in select each.key, each.value::text as written, json_typeof(each.value) as type, each.value
    from json_each(given) as each loop
    if field.key = 'contents' and field.type = 'array' and 'contents' = any (keys) then
      items := '{}';
      for item in select each.value from json_array_elements(field.value) as each loop
        select * into inner_kept, inner_changed from kept_fields(item.value, {{item_keys}}, false);
        items := items || inner_kept;
        changed := changed or inner_changed;
      end loop;
      fields := fields || ('"contents":[' || array_to_string(items, ',') || ']');
      continue;
    end if;
    if field.key = any (keys) and (field.type not in ('object', 'array') or field.key in ('variant_dict', 'variantDict', 'amount'))
      or is_free then
      one := without_traces(field.written);
    else
      one := '"[removed]"';
    end if;
    if is_free and not field.key = any (keys) and field.key ~* {{person_name}} collate "C" then
      one := 'null';
    end if;
    changed := changed or one is distinct from field.written;
    if not field.key = any (keys) and field.key !~ '^[A-Za-z][A-Za-z0-9_]{0,63}$' collate "C" then
      if has_trace(field.key) then
        field.key := '[removed]';
        changed := true;
      end if;
    end if;
    fields := fields || (to_json(field.key)::text || ':' || one);
  end loop;
  kept := '{' || array_to_string(fields, ',') || '}';
end
$$;

-- An event without what is raw in it. The text is known to be a JSON object, with each \ that escapes written as DEL.
create function waybill.kept_event(given text, out kept text, out paths text[])
language plpgsql immutable parallel safe
as $$
declare
  field record;
  part record;
  one text;
  is_free boolean := coalesce((given::json ->> 'type') = 'custom', false);
  is_changed boolean := false;
  fields text[] := '{}';
begin
  paths := '{}';
  for field in select each.key, each.value, each.value::text as written, json_typeof(each.value) as type
    from json_each(given::json) as each loop
    one := field.written;
    if field.key = 'user' then
      part := kept_user(field.value);
      paths := paths || part.paths;
      one := part.kept;
    elsif field.key = 'data' then
      part := kept_fields(field.value, {{data_keys}}, is_free);
      if part.changed then
        paths := paths || 'data'::text;
        one := part.kept;
      end if;
    elsif not field.key = any ({{event_keys}}) or field.type in ('object', 'array') then
      one := '"[removed]"';
      if has_trace(field.key) then
        field.key := '[removed]';
      end if;
    elsif field.type = 'string' and field.key in ('source_url', 'sourceUrl') then
      one := regexp_replace(one, '[?#][^"]*', '');
      if one <> field.written then
        paths := paths || 'source_url'::text;
      end if;
      one := without_traces(one);
    -- The click reference is opaque: it is kept exactly as it came.
    elsif field.type = 'string' and field.key <> 'oppref' then
      one := without_traces(one);
    end if;
    is_changed := is_changed or one is distinct from field.written;
    if one is not null then
      fields := fields || (to_json(field.key)::text || ':' || one);
    end if;
  end loop;
  kept := case when is_changed then '{' || array_to_string(fields, ',') || '}' else given end;
end
$$;

create function waybill.opens(given text) returns integer
language sql immutable strict parallel safe
return octet_length(given) - octet_length(replace(replace(given, '{', ''), '[', ''));

-- True for an event of known keys alone in which nothing can be raw, so that it is kept as it came. What says something twice, with
-- escapes or with exponents is not judged here. It is most events, and each function in an expression is made ready anew in each
-- transaction, which takes longer than most of them: so few of them, and those that few events need in branches of their own.
create function waybill.is_plain(given text) returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
  whole jsonb;
begin
  -- What is this short nests no deeper than may be, and has no number that `jsonb` cannot hold.
  if octet_length(given) > {{max_opens}} then
    if octet_length(given) > {{max_event_bytes}} or opens(given) > {{max_opens}} or not pg_input_is_valid(given, 'jsonb') then
      return false;
    end if;
  end if;
  -- Of the known keys `user`, `data` and `contents` may hold an object or a list: none of the others ends in r, a or ts.
  if given ~ '[@\\%+#?\x7f]|[],[[:space:]:]-?[0-9.]+[eE]|([^ras]|[^t]s)"[[:space:]]*:[[:space:]]*[{[]' collate "C"
    or not (given is json object with unique keys) then
    return false;
  end if;
  whole := given::jsonb;
  -- First the types: taking keys from what is no object raises an error.
  return coalesce(
    (whole @> '{"user": {}, "data": {"contents": [{}] } }' or whole @@ {{types}})
    and not whole @? '$.user.*.type() ? (@ != "string")'
    and whole - {{all_event_keys}}::text[] = '{}'
    and (whole -> 'data') - {{data_keys}}::text[] = '{}'
    and ((whole -> 'user') - {{plain_user_keys}}::text[] = '{}') is not false
    and is_digest(whole #>> '{user,email_sha256}') is not false
    and is_digest(whole #>> '{user,external_id_sha256}') is not false
    and case
      when (whole #> '{data,contents,1}') is null
      then ((whole #> '{data,contents,0}') - {{item_keys}}::text[] = '{}') is not false
      else whole @@ {{known_items}}
    end, false);
end
$$;

-- The text with each \ that begins an escape of JSON as a DEL, so that reading it raises nothing whatever the escapes say and whatever
-- the database's encoding can hold; `unmasked` takes it back.
create function waybill.masked(given text) returns text
language sql immutable strict parallel safe
return case when position('\' in given) = 0 and position(E'\x7f' in given) = 0 then given else
  replace(replace(replace(given, E'\x7f', '\u007f'), '\\', E'\x7f\x7f'), '\u', E'\x7fu') end;

create function waybill.unmasked(given text) returns text
language sql immutable strict parallel safe
return case when position(E'\x7f' in given) = 0 then given else
  replace(replace(given, E'\x7f\x7f', '\\'), E'\x7fu', '\u') end;

-- What is kept of a text that cannot be read.
create function waybill.unreadable(given text, out bytes integer, out sha256 text)
language sql immutable parallel safe
return (coalesce(octet_length(given), 0), encode(sha256(convert_to(coalesce(given, ''), getdatabaseencoding())), 'hex'));

-- How a text is kept: the event, without what is raw in it; or, where it cannot be read, its length and digest.
create function waybill.kept_row(
  given text, is_json boolean, out event text, out left_out text[], out bytes integer, out sha256 text)
language plpgsql immutable parallel safe
as $$
begin
  if is_plain(given) then
    event := given;
    return;
  end if;
  -- Deep nesting would raise an error even where it is only asked whether a text is JSON.
  if octet_length(given) <= {{max_event_bytes}} then
    if opens(given) <= {{max_opens}} and ltrim(given, E' \t\r\n') like '{%' then
      if is_json or pg_input_is_valid(given, 'json') then
        event := masked(given);
        select found.kept, nullif(found.paths, '{}') into event, left_out from kept_event(event) as found;
        event := unmasked(event);
        return;
      end if;
    end if;
  end if;
  select unread.bytes, unread.sha256 into bytes, sha256 from unreadable(given) as unread;
end
$$;

-- A text that is no Pixel ID may be an event that stands in the wrong place: visible characters without `"`, `@` and `{`.
create function waybill.kept_pixel(given text) returns text
language sql immutable parallel safe
return case when octet_length(given) <= 200 and given ~ '^[!#-?A-z|}~]+$' collate "C" then given end;

-- Keeps one event whatever it is; false where it cannot be read.
create function waybill.keep(pixel text, event text) returns boolean
language plpgsql
as $$
declare
  kept record;
begin
  kept := kept_row($2, false);
  insert into waybill.outbox (pixel, event, left_out, bytes, sha256)
  values (kept_pixel($1), kept.event, kept.left_out, kept.bytes, kept.sha256);
  return kept.event is not null;
end
$$;

-- Keeps one event for the relay, in the caller's transaction. Fails for nothing that the event is; false where it cannot be read.
create function waybill.enqueue(pixel text, event text) returns boolean
language plpgsql security definer
set search_path = waybill, pg_temp
as $$
begin
  if is_plain($2) then
    insert into waybill.outbox (pixel, event) values (kept_pixel($1), $2);
    return true;
  end if;
  return keep($1, $2);
end
$$;

-- Keeps a list of events, each as `enqueue` would; gives how many could be read. A list that cannot be read is kept as one such text.
create function waybill.enqueue_many(pixel text, events text) returns integer
language plpgsql security definer
set search_path = waybill, pg_temp
as $$
declare
  named text := kept_pixel($1);
  readable integer := 0;
begin
  if octet_length($2) <= {{max_list_bytes}} then
    if opens($2) <= {{max_list_opens}} and pg_input_is_valid($2, 'json') and ltrim($2, E' \t\r\n') like '[%' then
      with kept as (
        insert into waybill.outbox (pixel, event, left_out, bytes, sha256)
        select named, kept.event, kept.left_out, kept.bytes, kept.sha256
        from json_array_elements(masked($2)::json) as each, kept_row(unmasked(each.value::text), true) as kept
        returning outbox.event
      )
      select count(kept.event) into readable from kept;
      return readable;
    end if;
  end if;
  insert into waybill.outbox (pixel, bytes, sha256)
  select named, kept.bytes, kept.sha256 from unreadable($2) as kept;
  return 0;
end
$$;

create function waybill.enqueue(pixel text, event json) returns boolean
language sql security definer
set search_path = waybill, pg_temp
as 'select waybill.enqueue($1, $2::text)';

create function waybill.enqueue(pixel text, event jsonb) returns boolean
language sql security definer
set search_path = waybill, pg_temp
as 'select waybill.enqueue($1, $2::text)';

create function waybill.enqueue_many(pixel text, events json) returns integer
language sql security definer
set search_path = waybill, pg_temp
as 'select waybill.enqueue_many($1, $2::text)';

create function waybill.enqueue_many(pixel text, events jsonb) returns integer
language sql security definer
set search_path = waybill, pg_temp
as 'select waybill.enqueue_many($1, $2::text)';

revoke all on schema waybill from public;
revoke all on all tables in schema waybill from public;
revoke all on all functions in schema waybill from public;

-- The relay takes rows away, and reads how many wait. (Without a right to update one column no row can be locked.)
grant usage on schema waybill to {{taker}};
grant select, delete, update (place) on waybill.outbox to {{taker}};
grant execute on function waybill.outbox_version() to {{taker}};

do $$
declare
  made record;
begin
  -- First: who owns what is in it needs rights in the schema.
  alter schema waybill owner to {{owner}};
  for made in
    select each.oid::regprocedure as name from pg_catalog.pg_proc as each
    where each.pronamespace = 'waybill'::regnamespace and each.proowner <> {{owner_text}}::regrole
  loop
    execute format('alter function %s owner to %I', made.name, {{owner_text}});
  end loop;
  alter table waybill.outbox owner to {{owner}};
end
$$;

-- Who brings conversions needs this and nothing else: for each further role, these two lines again.
grant usage on schema waybill to {{caller}};
grant execute on function
  waybill.enqueue(text, text), waybill.enqueue(text, json), waybill.enqueue(text, jsonb),
  waybill.enqueue_many(text, text), waybill.enqueue_many(text, json), waybill.enqueue_many(text, jsonb)
to {{caller}};

do $$
begin
  -- Whoever ran this may make roles, and needs none of the owner's rights from now on.
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('revoke %I from %I granted by %I', {{owner_text}}, current_user, current_user);
  end if;
end
$$;
