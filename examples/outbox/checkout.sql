begin;

insert into orders (number) values ('1001');

-- The order and its conversion: both, or neither.
select waybill.enqueue('px', jsonb_build_object(
  'id', 'order_1001',
  'type', 'order_created',
  'timestamp_ms', floor(extract(epoch from now()) * 1000)::bigint,
  'action_source', 'web',
  'source_url', 'https://shop.example.com/thank-you',
  'user', jsonb_build_object('email_sha256', encode(sha256('buyer@example.com'), 'hex')),
  'data', jsonb_build_object('type', 'contents', 'amount', 2599, 'currency', 'EUR')
)::text);

commit;
