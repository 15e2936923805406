-- works beside: 1
--
-- What a relay that runs knows, so that whoever changes the schema sees for whom there is room. The defaults are those of a relay that
-- says nothing of it.

alter table waybill_store.relay
  -- The newest version of the schema that it knows.
  add column knows integer not null default 2,
  -- For people: its version of Waybill.
  add column waybill text not null default '',
  -- By the database's clock.
  add column renewed timestamptz not null default clock_timestamp(),
  -- It sends; otherwise it only takes events.
  add column delivers boolean not null default true;
