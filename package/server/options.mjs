/** Options of a command: declared once, for its help and for reading what was typed. */
import { parseArgs } from 'node:util'

/**
 * @typedef {object} Option
 * @property {string} text what it does, as the help says it
 * @property {string} [value] what the help calls its value; without one it is a switch
 * @property {boolean} [multiple] it may be given several times
 * @property {readonly string[]} [of] the actions that take it, of a command that has actions; else all
 */

/** @typedef {Readonly<Record<string, Option>>} Options */

/**
 * @typedef {object} Given
 * @property {Readonly<Record<string, any>>} values by option: a text, `true`, or a list of texts where several may be given
 * @property {readonly string[]} positionals
 */

/** What was typed cannot be meant; the message says why in one line. */
export class BadOption extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message)
    this.name = 'BadOption'
  }
}

/** Differences between two names that still count as a slip of the hand. */
const MAX_SLIPS = 2

/**
 * Throws `BadOption` for what is not declared, a value that is missing, and one where none belongs.
 *
 * @param {readonly string[]} args
 * @param {Options} options
 * @param {{ maxPositionals?: number }} [limits]
 * @returns {Given}
 */
export function readOptions(args, options, { maxPositionals = 0 } = {}) {
  const shapes = Object.entries(options).map(([name, { multiple = false, value }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', multiple },
  ])
  const { positionals, tokens, values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(shapes),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  for (const token of tokens) if (token.kind === 'option') check(token, options)
  const [surplus] = positionals.slice(maxPositionals)
  if (surplus !== undefined) throw new BadOption(`"${surplus}" is no option.`)
  return { values, positionals }
}

/**
 * @param {{ name: string, rawName: string, value?: string | undefined, inlineValue?: boolean | undefined }} token
 * @param {Options} options
 */
function check({ inlineValue, name, rawName, value }, options) {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined || !rawName.startsWith('--')) {
    const meant = nearest(name, Object.keys(options))
    throw new BadOption(`There is no option ${rawName}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`)
  }
  if (option.value === undefined && inlineValue) throw new BadOption(`${rawName} takes no value.`)
  const isMissing = value === undefined || value === '' || (!inlineValue && value.startsWith('--'))
  if (option.value !== undefined && isMissing)
    throw new BadOption(`${rawName} needs a value: ${rawName} ${option.value}`)
}

/**
 * The name that somebody may have meant; `undefined` if none is near.
 *
 * @param {string} typed
 * @param {readonly string[]} names
 */
export function nearest(typed, names) {
  const begun = names.filter((name) => typed.length > 1 && (name.startsWith(typed) || typed.startsWith(name)))
  if (begun.length === 1) return begun[0]
  const ranked = names.map((name) => ({ name, slips: slipsBetween(typed, name) })).sort((a, b) => a.slips - b.slips)
  const [first] = ranked
  return first !== undefined && first.slips <= Math.min(MAX_SLIPS, typed.length - 1) ? first.name : undefined
}

/**
 * Letters to put in, leave out, change or swap with their neighbour until one text is the other.
 *
 * @param {string} a
 * @param {string} b
 */
function slipsBetween(a, b) {
  /** @type {number[][]} */
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const [above, before] = [rows[i - 1] ?? [], rows[i - 2] ?? []]
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : changed
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed, swapped))
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? Number.POSITIVE_INFINITY
}

/** Where the text of an option begins in the help, and where its lines end. */
const WIDTH = 80

/**
 * The lines of the help for each option, aligned.
 *
 * @param {Options} options
 * @returns {string}
 */
export function helpOf(options) {
  const heads = Object.entries(options).map(
    ([name, { value }]) => `  --${name}${value === undefined ? '' : ` ${value}`}`,
  )
  const column = Math.max(...heads.map((head) => head.length)) + 2
  return Object.values(options)
    .flatMap(({ text }, n) => {
      const [first, ...rest] = wrapped(text, WIDTH - column)
      return [`${(heads[n] ?? '').padEnd(column)}${first}`, ...rest.map((line) => ' '.repeat(column) + line)]
    })
    .join('\n')
}

/**
 * @param {string} text
 * @param {number} width
 * @returns {string[]}
 */
function wrapped(text, width) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1] ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/**
 * The arguments with the options in them that npm took for its own, as it does with all that stand before `--`. It leaves
 * them in the environment, and their values, unless joined by `=`, among the arguments. Throws `BadOption` where they
 * cannot be told apart.
 *
 * @param {readonly string[]} args
 * @param {Options} options
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ args: string[], taken: string[] }} `taken`: the names of those options
 */
export function withOptionsOfNpm(args, options, env) {
  const taken = Object.keys(options).filter((name) => variableOf(name) in env)
  if (env.npm_lifecycle_event === undefined || taken.length === 0) return { args: [...args], taken: [] }
  const found = taken.flatMap((name) =>
    (env[variableOf(name)] ?? '').split('\n\n').map((value) => ({ name, value, isSwitch: !options[name]?.value })),
  )
  const lacking = found.filter(({ isSwitch, value }) => !isSwitch && value === 'true')
  const loose = args.filter((arg) => !arg.startsWith('-'))
  if (lacking.length > 1 || lacking.length > loose.length) {
    const names = taken.map((name) => `--${name}`).join(' and ')
    throw new BadOption(`npm took ${names} for itself. Write -- before the options: npm start -- --port 8790`)
  }
  const rest = lacking.length === 0 ? [...args] : args.filter((arg) => arg !== loose[0])
  const back = found.map(({ isSwitch, name, value }) =>
    isSwitch ? `--${name}` : `--${name}=${value === 'true' ? loose[0] : value}`,
  )
  return { args: [...back, ...rest], taken }
}

/** @param {string} name */
const variableOf = (name) => `npm_config_${name.replaceAll('-', '_')}`
