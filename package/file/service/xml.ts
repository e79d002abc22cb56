/** Answers of the AWS query protocol as objects: elements named `member` make a list, and elements without others are texts. */
export type Tree = string | { [name: string]: Tree } | Tree[]

/** Reads what services write: elements and texts. Whatever else stands in a document is passed over. */
export function parseXml(text: string): Tree {
  const root: Open = { name: '', children: [], text: '' }
  const open: Open[] = [root]
  for (const [, closing, name = '', empty, content = ''] of text.matchAll(TOKENS)) {
    const parent = open.at(-1) ?? root
    parent.text += closing === undefined && name === '' ? content : ''
    if (name === '') continue
    if (closing === '') {
      const element = { name, children: [], text: '' }
      parent.children.push(element)
      if (empty === '') open.push(element)
    } else if (open.length > 1) open.pop()
  }
  return treeOf(root)
}

/** A tag of an element, with its slash in front or at the end; or what stands between tags. */
const TOKENS = /<(\/?)([\w:.-]+)(?:[^<>/]|\/(?!>))*(\/?)>|<[?!][^<>]*>|([^<]+)/g

interface Open {
  name: string
  children: Open[]
  text: string
}

function treeOf({ children, text }: Open): Tree {
  if (children.length === 0) return unescaped(text)
  if (children.every(({ name }) => name === 'member')) return children.map(treeOf)
  return Object.fromEntries(children.map((child) => [child.name, treeOf(child)]))
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(\w{2,4}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    return String.fromCodePoint(Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16))
  })
}
