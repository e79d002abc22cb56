/** Names that a file gives to things: without characters that it may not have, and each once. */
export class Names {
  readonly #forbidden: RegExp
  readonly #longest: number
  readonly #taken = new Set<string>()

  constructor(forbidden: RegExp, longest: number) {
    this.#forbidden = forbidden
    this.#longest = longest
  }

  of(text: string): string {
    const plain = text.replace(this.#forbidden, '-').slice(0, this.#longest - 4) || 'unnamed'
    let name = plain
    for (let number = 2; this.#taken.has(name); number++) name = `${plain}-${number}`
    return this.exactly(name)
  }

  /** For a name that stands for itself. */
  exactly(name: string): string {
    this.#taken.add(name)
    return name
  }
}

/** What an issuer is called in a file: its host, and its path where it has one. */
export function nameOfIssuer(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1).replace(/\/$/, '')
}
