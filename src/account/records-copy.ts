import { isYounger } from '../base/age.ts'
import type { Log } from '../base/log.ts'
import { COPY_IDLE_MS, COPY_NOTE_USE_MS, COPY_RENEWAL_MS, COPY_SERVES_MS, MAX_COPY_CHARS } from './limits.ts'
import { type Aged, type Answer, nameOf, type Question } from './questions.ts'

interface RecordsCopyOptions {
  storage: DurableObjectStorage
  /** Asks the account itself. */
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>
  /** Milliseconds since the epoch. */
  now: () => number
  log: Pick<Log, 'warn'>
}

interface Item {
  question: Question
  answer: Answer
  usedAt: number
}

type Items = ReadonlyMap<string, Item>

/** Under which names the storage has the records, as JSON, and since when they are known to be true. */
const ITEMS = 'items'
const ASKED_AT = 'askedAt'

/**
 * Records of an account, kept near those who sign in. While it is in use it asks the account for all that it holds, again and
 * again, so that there is always an answer which is young enough. It has no word of its own: what it has not heard from the
 * account within `COPY_SERVES_MS` it asks for before it answers, and that there is no such record it never keeps.
 *
 * Its time is that of its own clock alone, and counts from before it asked.
 */
export class RecordsCopy {
  readonly #options: RecordsCopyOptions
  #items: Items
  /** All items were true then, or later. */
  #askedAt: number

  constructor(options: RecordsCopyOptions) {
    const { kv } = options.storage
    this.#options = options
    this.#items = itemsIn(kv.get<string>(ITEMS) ?? '[]')
    this.#askedAt = kv.get<number>(ASKED_AT) ?? Number.NEGATIVE_INFINITY
  }

  async answer(questions: readonly Question[]): Promise<Aged[]> {
    const now = this.#options.now()
    const held = isYounger(this.#askedAt, now, COPY_SERVES_MS) ? this.#items : new Map<string, Item>()
    const age = now - this.#askedAt
    const missing = questions.filter((question) => !held.has(nameOf(question)))
    this.#noteUse(questions, now)
    const fresh = missing.length > 0 ? await this.#ask(missing, now, held.size > 0) : new Map<string, Answer>()
    return questions.map((question) => {
      const item = held.get(nameOf(question))
      return item ? { answer: item.answer, age } : { answer: fresh.get(nameOf(question)), age: 0 }
    })
  }

  /** Asks anew for what is in use, and sees to it that this happens again. Without use the copy ends. */
  async renew(): Promise<void> {
    const { log, now, storage } = this.#options
    try {
      await this.#ask([], now(), false)
    } catch (error) {
      log.warn('account_copy_not_renewed', { message: String(error) })
      await storage.setAlarm(now() + COPY_RENEWAL_MS)
    }
  }

  /** Asks for these, and keeps those that there are: beside what is held, or together with all that is in use. */
  async #ask(questions: readonly Question[], now: number, beside: boolean): Promise<ReadonlyMap<string, Answer>> {
    const inUse = beside ? [] : [...this.#items.values()].filter(({ usedAt }) => isYounger(usedAt, now, COPY_IDLE_MS))
    const asked = new Map([...inUse.map(({ question }) => question), ...questions].map((one) => [nameOf(one), one]))
    const answers = asked.size > 0 ? await this.#options.ask([...asked.values()]) : []
    const found = new Map([...asked.keys()].map((name, n) => [name, answers[n]]))
    const items = [...asked].map(([name, question]) => {
      return { question, answer: found.get(name), usedAt: this.#items.get(name)?.usedAt ?? now }
    })
    const isOvertaken = this.#askedAt > now && this.#askedAt <= this.#options.now()
    if (!isOvertaken) this.#keep(itemsOf(items.filter(isThere)), now, beside)
    return found
  }

  #keep(items: Items, askedAt: number, beside: boolean): void {
    const { kv } = this.#options.storage
    if (beside && items.size === 0) return
    const all = beside ? new Map([...this.#items, ...items]) : items
    // What would be too much goes: first what was there before.
    this.#write([all, items].find((choice) => textOf(choice).length <= MAX_COPY_CHARS) ?? new Map())
    if (this.#items.size === 0 || (beside && Number.isFinite(this.#askedAt))) return
    this.#askedAt = askedAt
    kv.put(ASKED_AT, askedAt)
    void this.#options.storage.setAlarm(askedAt + COPY_RENEWAL_MS)
  }

  #noteUse(questions: readonly Question[], now: number): void {
    const used = questions.flatMap((question) => this.#items.get(nameOf(question)) ?? [])
    if (used.every(({ usedAt }) => isYounger(usedAt, now, COPY_NOTE_USE_MS))) return
    this.#write(new Map([...this.#items, ...itemsOf(used.map((item) => ({ ...item, usedAt: now })))]))
  }

  /** Writes only what has changed. A copy that holds nothing any more leaves nothing behind. */
  #write(items: Items): void {
    const { storage } = this.#options
    const changed = textOf(items) !== textOf(this.#items)
    this.#items = items
    if (!changed) return
    if (items.size > 0) storage.kv.put(ITEMS, textOf(items))
    else void storage.deleteAll()
    if (items.size === 0) this.#askedAt = Number.NEGATIVE_INFINITY
  }
}

const textOf = (items: Items) => JSON.stringify([...items.values()])

const itemsIn = (text: string) => itemsOf(JSON.parse(text))

function itemsOf(items: readonly Item[]): Items {
  return new Map(items.map((item) => [nameOf(item.question), item]))
}

/** That there is no record is true for a second only, until somebody makes one. */
function isThere({ answer }: Item): boolean {
  return answer !== undefined && !('roleArn' in answer && answer.document === undefined)
}
