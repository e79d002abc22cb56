import type { Slots } from './map.ts'
import { beforeSlot } from './slots.ts'

/** A table with rows that belong to slots. */
export interface MovedTable {
  name: string
  key: readonly string[]
  rest: readonly string[]
  /** What tells the slot of a row: a UUID, or the slot itself. Rows of a table without it go with every slot. */
  slotBy?: string
}

/**
 * Everything that belongs to a slot. Logins belong to the slot of their identity, routes to that of their login. A proof that
 * was used is known to have been used wherever a slot of its object goes.
 */
export const MOVED_TABLES: readonly MovedTable[] = [
  {
    name: 'identity',
    key: ['uuid'],
    rest: [
      ...['state', 'created_at', 'modified_at', 'forward', 'changed_by', 'frozen_by', 'frozen_for', 'erased'],
      ...['used_day', 'blocked_until', 'block_reason', 'not_before', 'source'],
    ],
    slotBy: 'uuid',
  },
  {
    name: 'login',
    key: ['provider', 'subject', 'developer'],
    rest: ['identity', 'claim', 'linked_day'],
    slotBy: 'identity',
  },
  {
    name: 'route',
    key: ['slot', 'provider', 'subject', 'developer'],
    rest: ['identity', 'claim', 'reserved_at'],
    slotBy: 'slot',
  },
  { name: 'merge_op', key: ['op'], rest: ['survivor', 'decision', 'expires_at'], slotBy: 'survivor' },
  { name: 'refused_claim', key: ['claim'], rest: ['identity', 'expires_at'], slotBy: 'identity' },
  { name: 'errand', key: ['number'], rest: ['identity', 'due_at', 'what'], slotBy: 'identity' },
  { name: 'used_proof', key: ['proof'], rest: ['used_by', 'expires_at'] },
]

/** How the refusal of a write to rows that are being handed over begins. */
export const SEALED = 'these slots are being handed over'

/** Whether a row is one of these slots, as SQL. `of` is `NEW.`, `OLD.` or nothing. */
export function inSlots({ name, slotBy }: MovedTable, [first, last]: Slots, tag: string, of = ''): string {
  if (!slotBy) return '1'
  if (name === 'route') return `${of}slot BETWEEN ${first} AND ${last}`
  return `(${of}${slotBy} > '${beforeSlot(tag, first)}' AND ${of}${slotBy} < '${beforeSlot(tag, last + 1)}')`
}

/** The key of a row as JSON, as SQL. */
export function keyIn({ key }: MovedTable, of = ''): string {
  return `json_array(${key.map((column) => of + column).join(', ')})`
}

/** A row as JSON, as SQL. */
export function rowIn({ key, rest }: MovedTable): string {
  return `json_object(${[...key, ...rest].map((column) => `'${column}', ${column}`).join(', ')})`
}

/** Notes every change of rows of these slots. No code that writes them can forget it. */
export function noting(table: MovedTable, op: string, slots: Slots, tag: string): string[] {
  const mark = (of: string) => `
    UPDATE slot_move SET clock = clock + 1 WHERE op = '${op}';
    DELETE FROM slot_dirty WHERE kind = '${table.name}' AND key = ${keyIn(table, of)};
    INSERT INTO slot_dirty (kind, key, version)
    SELECT '${table.name}', ${keyIn(table, of)}, clock FROM slot_move WHERE op = '${op}';`
  const isOld = inSlots(table, slots, tag, 'OLD.')
  const isNew = inSlots(table, slots, tag, 'NEW.')
  return [
    `CREATE TRIGGER noting_${table.name}_insert AFTER INSERT ON ${table.name} WHEN ${isNew}
     BEGIN ${mark('NEW.')} END`,
    `CREATE TRIGGER noting_${table.name}_update AFTER UPDATE ON ${table.name} WHEN ${isOld} OR ${isNew}
     BEGIN ${mark('OLD.')} ${mark('NEW.')} END`,
    `CREATE TRIGGER noting_${table.name}_delete AFTER DELETE ON ${table.name} WHEN ${isOld}
     BEGIN ${mark('OLD.')} END`,
  ]
}

/** Tables of which what has expired is deleted whenever that is. It does no harm to a copy that lives a little longer. */
const MAY_EXPIRE = new Set(['merge_op', 'refused_claim'])

/** Refuses every change of rows of these slots, by whatever code. */
export function refusing(table: MovedTable, slots: Slots, tag: string): string[] {
  if (!table.slotBy) return []
  const isOld = inSlots(table, slots, tag, 'OLD.')
  const isNew = inSlots(table, slots, tag, 'NEW.')
  const refuse = `BEGIN SELECT RAISE(ABORT, '${SEALED}'); END`
  return [
    `CREATE TRIGGER sealed_${table.name}_insert BEFORE INSERT ON ${table.name} WHEN ${isNew} ${refuse}`,
    `CREATE TRIGGER sealed_${table.name}_update BEFORE UPDATE ON ${table.name} WHEN ${isOld} OR ${isNew} ${refuse}`,
    ...(MAY_EXPIRE.has(table.name)
      ? []
      : [`CREATE TRIGGER sealed_${table.name}_delete BEFORE DELETE ON ${table.name} WHEN ${isOld} ${refuse}`]),
  ]
}

/** Drops all of these. */
export function undoing({ name }: MovedTable): string[] {
  return ['insert', 'update', 'delete'].flatMap((event) => [
    `DROP TRIGGER IF EXISTS noting_${name}_${event}`,
    `DROP TRIGGER IF EXISTS sealed_${name}_${event}`,
  ])
}
