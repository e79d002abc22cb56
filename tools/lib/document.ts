/**
 * The marked blocks of a Markdown document: the lines between `<!-- TOOL: NAME -->` and `<!-- end -->` are a tool's, the
 * rest is written by hand.
 */
function blockOf(tool: string): RegExp {
  return new RegExp(`(?<=<!-- ${tool}: ([a-z-]+) -->\\n)([\\s\\S]*?)(?=<!-- end -->)`, 'g')
}

/** The blocks of a tool in a document, by name. */
export function readBlocks(text: string, tool: string): Map<string, string> {
  return new Map([...text.matchAll(blockOf(tool))].map(([, name = '', content = '']) => [name, content.trimEnd()]))
}

/** The document with these blocks in place of its own. Throws when one side has a block that the other has not. */
export function withBlocks(text: string, tool: string, blocks: ReadonlyMap<string, string>): string {
  const inDocument = readBlocks(text, tool)
  const missing = [...blocks.keys()].filter((name) => !inDocument.has(name))
  const unknown = [...inDocument.keys()].filter((name) => !blocks.has(name))
  if (missing.length > 0) throw new Error(`The document lacks the block ${missing.join(', ')}.`)
  if (unknown.length > 0) throw new Error(`Nothing is known of the block ${unknown.join(', ')}.`)
  return text.replace(blockOf(tool), (_, name: string) => `${blocks.get(name)}\n`)
}
