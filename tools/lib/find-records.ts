import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { Given } from '../../package/server/options.mjs'
import { BadOption, fail } from './bootstrap.mjs'
import { fromCallersFolder } from './callers-folder.ts'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

export interface Search {
  /** Values that must all be in a record. */
  having: readonly string[]
  /** Of `eventTime`; texts of ISO 8601 are in order of time. */
  from?: string | undefined
  to?: string | undefined
}

/** What was read and could not be used. */
export interface Losses {
  /** Lines that are no trace event. */
  unreadable: number
  /** Events of which Logpush cut the messages. */
  cut: number
}

/** Prints the records of files that match, and says at the end what could not be read. */
export async function main({ positionals, values }: Given): Promise<void> {
  if (positionals.length === 0) throw new BadOption('Name files of Logpush, or folders')
  const losses: Losses = { unreadable: 0, cut: 0 }
  const search: Search = { having: values.with ?? [], from: values.from, to: values.to }
  for await (const record of recordsIn(filesIn(positionals.map(fromCallersFolder)), search, losses)) console.log(record)
  if (losses.unreadable > 0) console.error(`Lines that are no events of Logpush: ${losses.unreadable}`)
  if (losses.cut > 0) console.error(`Events that Logpush cut, with records or without: ${losses.cut}`)
  if (losses.unreadable + losses.cut > 0) process.exitCode = 1
}

/** The records, as JSON and each once, in the order of the files. */
export async function* recordsIn(
  files: readonly string[],
  search: Search,
  losses: Losses,
): AsyncGenerator<string, void> {
  const seen = new Set<Json | undefined>()
  for (const file of files)
    for await (const line of linesOf(file))
      for (const record of line === '' ? [] : recordsOf(line, losses))
        if (matches(record, search) && !seen.has(record.eventID)) {
          seen.add(record.eventID)
          yield JSON.stringify(record)
        }
}

/** All files, those of folders in the order of their names, which begin with a time. */
export function filesIn(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!existsSync(path)) fail(`There is no ${path}.`, 2)
    if (!statSync(path).isDirectory()) return [path]
    return filesIn(
      readdirSync(path)
        .sort()
        .map((name) => join(path, name)),
    )
  })
}

function linesOf(file: string): AsyncIterable<string> {
  const bytes = createReadStream(file)
  return createInterface({ input: file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes, crlfDelay: Infinity })
}

/** The audit records of one trace event; of its other lines nothing. */
function recordsOf(line: string, losses: Losses): { [name: string]: Json }[] {
  const event = objectIn(line)
  if (!Array.isArray(event?.Logs)) {
    losses.unreadable++
    return []
  }
  const texts = event.Logs.flatMap((log) => (log as { Message?: Json[] }).Message ?? []).map(String)
  if (texts.some((text) => text.includes('<<<Logpush: '))) losses.cut++
  return texts.flatMap((text) => {
    const { event: name, level, ...record } = objectIn(text) ?? {}
    return name === 'audit' ? [record] : []
  })
}

function objectIn(text: string): { [name: string]: Json } | undefined {
  try {
    const value: Json = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function matches(record: { [name: string]: Json }, { from, having, to }: Search): boolean {
  const time = String(record.eventTime)
  if ((from !== undefined && time < from) || (to !== undefined && time >= to)) return false
  return having.every((wanted) => holds(record, wanted))
}

function holds(value: Json, wanted: string): boolean {
  if (typeof value !== 'object' || value === null) return String(value) === wanted
  return Object.values(value).some((member) => holds(member, wanted))
}
