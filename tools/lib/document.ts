/**
 * The marked blocks of a Markdown document: the lines between `<!-- scale: NAME -->` and `<!-- end -->` are the
 * simulation's, the rest is written by hand.
 */
const BLOCK = /(?<=<!-- scale: ([a-z-]+) -->\n)([\s\S]*?)(?=<!-- end -->)/g

/** @returns {Map<string, string>} */
export function readBlocks(text) {
  return new Map([...text.matchAll(BLOCK)].map(([, name, content]) => [name, content.trimEnd()]))
}

/**
 * The document with these blocks in place of its own.
 * @throws {Error} when one side has a block that the other has not
 */
export function withBlocks(text, blocks) {
  const inDocument = readBlocks(text)
  const missing = [...blocks.keys()].filter((name) => !inDocument.has(name))
  const unknown = [...inDocument.keys()].filter((name) => !blocks.has(name))
  if (missing.length > 0) throw new Error(`The document lacks the block ${missing.join(', ')}.`)
  if (unknown.length > 0) throw new Error(`Nothing is known of the block ${unknown.join(', ')}.`)
  return text.replace(BLOCK, (_, name) => `${blocks.get(name)}\n`)
}
