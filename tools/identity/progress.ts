const WIDTH = 24
/** A line is drawn so often, in milliseconds. */
const EVERY_MS = 200

/** How far something long is, in one line of a terminal. Where standard error is none, it says nothing. */
export class Progress {
  readonly #begun = performance.now()
  readonly #isShown = process.stderr.isTTY === true
  #drawn = 0
  #counted = 0

  /** `part`: of all, from 0 to 1. `count`: identities so far, of which those of this run make the speed. */
  show(part: number, count: number, fresh: number): void {
    const now = performance.now()
    if (!this.#isShown || now < this.#drawn + EVERY_MS) return
    this.#drawn = now
    this.#counted = count
    const full = Math.round(Math.min(part, 1) * WIDTH)
    const speed = Math.round((1_000 * fresh) / (now - this.#begun))
    const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`
    const text = `${bar} ${Math.floor(Math.min(part, 1) * 100)} %  ${count} identities, ${speed} a second`
    process.stderr.write(`\r${text.padEnd(79)}`)
  }

  end(): void {
    if (this.#isShown && this.#counted > 0) process.stderr.write(`\r${' '.repeat(79)}\r`)
  }
}
