-- works beside: 1
--
-- Deliveries with a mark are few among all: a list of them goes by an index of its own.

create index delivery_marked on waybill_store.delivery (pixel, code, ended_ms, seq) where code <> 0;
