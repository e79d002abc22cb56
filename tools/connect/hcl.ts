/** Terraform's language, as far as it takes to write resources, in the form that `terraform fmt` leaves alone. */

const INDENT = '  '
const COMMENT_CHARS = 110
/** A list of texts no longer than these, or of one, stays on one line. */
const SHORT_ITEM_CHARS = 32

/** HCL to be taken as it is, such as a reference or a call. */
export class Expression {
  constructor(text) {
    this.text = text
  }
}

/** A block of attributes: `block('resource', 'aws_iam_role.user', { name: 'user' })`. */
export function block(type, address, attributes) {
  const labels = address.split('.').map((label) => ` "${label}"`)
  return `${type}${labels.join('')} {\n${attributeLines(attributes, INDENT)}\n}\n`
}

/** Sentences as comment lines, each sentence on lines of its own. */
export function comment(sentences) {
  const line = new RegExp(`.{1,${COMMENT_CHARS}}(?:\\s|$)`, 'g')
  const lines = sentences.flatMap((sentence) => sentence.match(line) ?? [])
  return lines.map((text) => `# ${text.trimEnd()}\n`).join('')
}

/** A text, a list, an object or an `Expression`, written where the line is indented by `indent`. */
export function hcl(value, indent = '') {
  if (value instanceof Expression) return value.text
  if (typeof value === 'string') return quoted(value)
  return Array.isArray(value) ? list(value, indent) : object(value, indent)
}

function list(items, indent) {
  if (items.length === 1 || items.every((item) => item.length <= SHORT_ITEM_CHARS))
    return `[${items.map((item) => hcl(item, indent)).join(', ')}]`
  const inner = indent + INDENT
  return `[\n${items.map((item) => `${inner}${hcl(item, inner)},\n`).join('')}${indent}]`
}

function object(value, indent) {
  const [[name, member], ...others] = Object.entries(value)
  const isLeaf = typeof member === 'string' || member instanceof Expression
  if (others.length === 0 && isLeaf) return `{ ${key(name)} = ${hcl(member)} }`
  return `{\n${attributeLines(value, indent + INDENT)}\n${indent}}`
}

/** Neighbours that take one line each have their equals signs in one column. */
function attributeLines(attributes, indent) {
  const written = Object.entries(attributes).map(([name, value]) => ({ name: key(name), text: hcl(value, indent) }))
  const isShort = ({ text }) => !text.includes('\n')
  const columnOf = (index) => {
    const first = written.findLastIndex((attribute, at) => at < index && !isShort(attribute)) + 1
    const end = written.findIndex((attribute, at) => at > index && !isShort(attribute))
    const neighbours = written.slice(first, end < 0 ? undefined : end)
    return Math.max(...neighbours.map(({ name }) => name.length))
  }
  return written
    .map((attribute, index) => {
      const name = isShort(attribute) ? attribute.name.padEnd(columnOf(index)) : attribute.name
      return `${indent}${name} = ${attribute.text}`
    })
    .join('\n')
}

function key(name) {
  return /^\w+$/.test(name) ? name : quoted(name)
}

function quoted(text) {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, '$&$&')
}
