import { type Line, type Login, linesIn, objectIn } from './backup-file.ts'

/**
 * What changed while a file was read from a pool, and how it comes into the file. By itself the file may have a login twice, or not at
 * all: an identity that was read already may have handed it to another. All that took part was changed since the file was begun,
 * unless it was deleted.
 */
export class Corrections {
  readonly #changed = new Map<string, { text: string; line: Line }>()

  get size(): number {
    return this.#changed.size
  }

  /** Takes a line in, in place of an earlier one of its identity; whether it says anything new. */
  add(text: string): boolean {
    const line = objectIn(text) as Line
    const before = this.#changed.get(line.id)
    // What was read last is the truth, also of two that have the same login.
    this.#changed.delete(line.id)
    this.#changed.set(line.id, { text, line })
    return before?.text !== text
  }

  /** What becomes of the lines of a draft, which must be asked for in order. */
  async of(draft: string): Promise<Corrected> {
    const changed = this.#settled()
    const owners = new Set([...changed.values()].flatMap(({ line }) => line.logins.map(keyOf)))
    const corrected = new Corrected(changed, owners)
    for await (const text of linesOfDraft(draft)) corrected.look(text)
    for (const { line } of changed.values()) if (line.forward !== undefined) corrected.wants(line.forward)
    if (corrected.wantsAny) for await (const text of linesOfDraft(draft)) corrected.finds(text)
    return corrected
  }

  /** Each login once: the line that was read last has it. */
  #settled(): Map<string, { text: string; line: Line }> {
    const taken = new Set<string>()
    const settled = new Map<string, { text: string; line: Line }>()
    for (const [id, { line, text }] of [...this.#changed].reverse()) {
      const logins = line.logins.filter((login) => !taken.has(keyOf(login)))
      for (const login of logins) taken.add(keyOf(login))
      settled.set(id, logins.length === line.logins.length ? { line, text } : without({ ...line, logins }))
    }
    return settled
  }
}

/** A user who is left without logins is as one who lost them. */
function without(line: Line): { text: string; line: Line } {
  const now = line.logins.length === 0 ? { ...line, state: 'disabled' } : line
  return { line: now, text: JSON.stringify(now) }
}

function keyOf({ developer = false, provider, subject }: Login): string {
  return JSON.stringify([provider, subject, developer])
}

/** The lines of identities in a draft: all but the first. */
async function* linesOfDraft(draft: string): AsyncGenerator<string> {
  let isFirst = true
  for await (const lines of linesIn(draft)) {
    for (const text of isFirst ? lines.slice(1) : lines) yield text
    isFirst = false
  }
}

/** A draft with what changed meanwhile. */
class Corrected {
  readonly #changed: ReadonlyMap<string, { text: string; line: Line }>
  readonly #owned: ReadonlySet<string>
  /** Identities of the draft that were deleted meanwhile: somebody else has a login of theirs. */
  readonly #gone = new Set<string>()
  /** Identities that others forward to, and that were not seen. */
  readonly #missing = new Set<string>()

  constructor(changed: ReadonlyMap<string, { text: string; line: Line }>, owned: ReadonlySet<string>) {
    this.#changed = changed
    this.#owned = owned
  }

  look(text: string): void {
    const line = objectIn(text) as Line
    if (this.#changed.has(line.id)) return
    if (this.#owned.size > 0 && line.logins.some((login) => this.#owned.has(keyOf(login)))) this.#gone.add(line.id)
    else if (line.forward !== undefined) this.wants(line.forward)
  }

  wants(id: string): void {
    if (!this.#changed.has(id)) this.#missing.add(id)
  }

  get wantsAny(): boolean {
    return this.#missing.size > 0
  }

  finds(text: string): void {
    if (this.#missing.size === 0) return
    const { id } = objectIn(text) as Line
    if (!this.#gone.has(id)) this.#missing.delete(id)
  }

  /** The lines of the file, in order. */
  async *lines(draft: string): AsyncGenerator<{ text: string; logins: number }> {
    const added = [...this.#changed.keys()].sort()
    let next = 0
    for await (const text of linesOfDraft(draft)) {
      const line = objectIn(text) as Line
      for (let id = added[next]; id !== undefined && id <= line.id; id = added[++next]) yield this.#own(id)
      if (!this.#changed.has(line.id) && !this.#gone.has(line.id)) yield this.#led(text, line)
    }
    for (const id of added.slice(next)) yield this.#own(id)
  }

  #own(id: string): { text: string; logins: number } {
    const { line, text } = this.#changed.get(id) as { text: string; line: Line }
    return this.#led(text, line)
  }

  /** A line whose forward leads to an identity that is there and forwards to nobody. */
  #led(text: string, line: Line): { text: string; logins: number } {
    const logins = line.logins.length
    if (line.forward === undefined) return { text, logins }
    const end = this.#endOf(line.forward)
    if (end === line.forward) return { text, logins }
    // The place of the member stays, so that it is as the service writes it.
    return { text: JSON.stringify({ ...line, forward: end }), logins }
  }

  #endOf(forward: string): string | undefined {
    let end: string | undefined = forward
    for (const seen = new Set<string>(); end !== undefined && !seen.has(end); ) {
      seen.add(end)
      const on: string | undefined = this.#changed.get(end)?.line.forward
      if (on === undefined) return this.#missing.has(end) ? undefined : end
      end = on
    }
    return undefined
  }
}
