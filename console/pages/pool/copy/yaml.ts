/** A value as YAML 1.2. Texts that YAML might take for something else are in quotes, which are those of JSON. */
export function yamlOf(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${itemText(item, `${indent}  `)}`).join('')
  return Object.entries(value as object)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${indent}${scalar(key)}:${memberText(item, `${indent}  `)}`)
    .join('')
}

const isNested = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length > 0

const memberText = (value: unknown, indent: string) =>
  isNested(value) ? `\n${yamlOf(value, indent)}` : ` ${scalar(value)}\n`

/** The first member of an object stands behind the dash. */
const itemText = (value: unknown, indent: string) =>
  isNested(value) ? yamlOf(value, indent).slice(indent.length) : `${scalar(value)}\n`

/** Words that are no texts in some version of YAML. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const isPlain = /^[A-Za-z_][\w./+=@-]*(?::[\w./+=@-]+)*$/.test(value) && !WORDS.test(value)
  return isPlain ? value : JSON.stringify(value)
}
