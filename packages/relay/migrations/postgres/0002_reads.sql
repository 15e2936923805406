-- works beside: 1
--
-- What people read is found by: lists of arrivals and requests by pixel and time. Numbers are read with the changes that are not folded
-- yet: the views `..._now` are tables of the roll-up as they will be once those are.

create index account_time on waybill_store.account (pixel, accepted_ms, row);
create index flow_minute on waybill_store.flow (minute);
create index request_seq on waybill_store.request (seq);
-- What is no plain delivery: few, looked for by people, and by what becomes of a group.
create index request_odd on waybill_store.request (verdict, pixel, at_ms, seq) where verdict <> 'delivered';
create index request_lease on waybill_store.request (lease, step) where parent is not null or verdict <> 'delivered';

create view waybill_store.known_now as
  select kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money, first, last from waybill_store.known
  union all
  select kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money, minute, minute from waybill_store.flow;

-- A change counts at each grain that its minute is summed up at, and what happened also in the sums over all pixels. A day that nothing
-- was ever counted in is one of UTC until the change is folded.
create view waybill_store.flow_by_grain as
  select 0::smallint as grain, minute as time, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money
  from waybill_store.flow
  union all
  select 1::smallint, (floor(minute / 15.0) * 15)::integer, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money,
    ends_money
  from waybill_store.flow
  where minute < (select (value::json ->> 'quarterTo')::integer from waybill_store.meta where key = 'store.rollup')
  union all
  select 2::smallint, coalesce(day.time, (floor(minute / 1440.0) * 1440)::integer), kind, pixel, name, shape, source, code, currency,
    flow, ends, flow_money, ends_money
  from waybill_store.flow left join waybill_store.rollup_day as day on day.time <= minute and minute < day.until
  where minute < (select (value::json ->> 'dayTo')::integer from waybill_store.meta where key = 'store.rollup');

create view waybill_store.rollup_now as
  select grain, time, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money from waybill_store.rollup
  union all
  select grain, time, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money
  from waybill_store.flow_by_grain
  union all
  select grain, time, kind, 0, 0, 0, source, code, currency, flow, 0, flow_money, 0
  from waybill_store.flow_by_grain where flow <> 0;

create view waybill_store.took_by_grain as
  select 1::smallint as grain, quarter as time, kind, pixel, bucket, events from waybill_store.took
  union all
  select 2::smallint, coalesce(day.time, (floor(quarter / 1440.0) * 1440)::integer), kind, pixel, bucket, events
  from waybill_store.took left join waybill_store.rollup_day as day on day.time <= quarter and quarter < day.until
  where quarter < (select (value::json ->> 'dayTo')::integer from waybill_store.meta where key = 'store.rollup');

create view waybill_store.latency_now as
  select grain, time, kind, pixel, bucket, events from waybill_store.latency
  union all
  select grain, time, kind, pixel, bucket, events from waybill_store.took_by_grain;
