-- Takes Waybill's outbox 1 back, with every conversion that still waits in it: look with `waybill doctor` first. The roles stay, because
-- another database may use them; where none does: drop role {{owner}}, {{taker}};

do $$
begin
  if not pg_has_role(current_user, {{owner_text}}, 'usage') then
    execute format('grant %I to %I with inherit true, set true', {{owner_text}}, current_user);
  end if;
end
$$;

drop schema waybill cascade;

do $$
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('revoke %I from %I granted by %I', {{owner_text}}, current_user, current_user);
  end if;
end
$$;
