/** The outbox in a real PostgreSQL, for tests and scripts. */
import type pg from 'pg'
import { type OutboxRoles, readOutboxMigrations } from './migrations.ts'

/** Roles of the whole server, whoever makes them first. */
export async function makeRoles(client: pg.Client): Promise<void> {
  for (const role of ['shop', 'other_shop', 'taker', 'stranger'])
    await client.query(
      `do $$ begin create role ${role} login password '${role}'; exception when duplicate_object or unique_violation then null; end $$`,
    )
}

/** Makes the outbox in a database, in one transaction for each step, as a migration tool would. */
export async function migrate(client: pg.Client, roles: OutboxRoles): Promise<void> {
  for (const { up } of readOutboxMigrations(roles)) await client.query(`begin;${up};commit`)
}
