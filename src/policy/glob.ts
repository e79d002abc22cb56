/** `*` in a pattern: any run of characters, the empty one included. */
export const RUN: unique symbol = Symbol('*')
/** `?` in a pattern: exactly one character. */
export const ONE: unique symbol = Symbol('?')

/** A pattern, one entry per character (Unicode code point): the character itself or a wildcard. */
export type Glob = readonly (string | typeof RUN | typeof ONE)[]

/**
 * Whether the whole of `text` fits the pattern. A mismatch goes back to the latest `*` only, so the time is at most
 * pattern times text, however many stars there are.
 */
export function fits(glob: Glob, text: string): boolean {
  const characters = [...text]
  let g = 0
  let t = 0
  let behindRun = -1
  let runEnd = 0
  while (t < characters.length) {
    const wanted = glob[g]
    if (wanted === RUN) {
      behindRun = ++g
      runEnd = t
    } else if (wanted === ONE || wanted === characters[t]) {
      g++
      t++
    } else if (behindRun >= 0) {
      g = behindRun
      t = ++runEnd
    } else return false
  }
  while (glob[g] === RUN) g++
  return g === glob.length
}
