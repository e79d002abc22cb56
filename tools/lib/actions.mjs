/** The help of a command that does several things, and which options each of them takes. Runs with nothing installed. */
import { BadOption, helpOf, nearest } from '../../package/server/options.mjs'

/** @typedef {import('../../package/server/options.mjs').Options} Options */
/** @typedef {Readonly<Record<string, string>>} Actions by name, what each does */

/** Where lines of a help end. */
const WIDTH = 80

/**
 * The help of one action, if it is among what was typed, and else of the command.
 *
 * @param {{ usage: string, options: Options, actions: Actions | undefined, after: string | undefined }} command
 * @param {readonly string[]} args
 * @returns {string}
 */
export function commandHelp({ actions, after, options, usage }, args) {
  const action = args.find((arg) => actions !== undefined && Object.hasOwn(actions, arg))
  const taken = Object.entries(options).filter(([, { of }]) => !actions || !of || (action && of.includes(action)))
  const parts =
    action === undefined
      ? [usage, ...(actions ? [listOf(actions)] : [])]
      : [`${action}: ${actions?.[action]}`, `${usage.slice(usage.lastIndexOf(': ') + 2).replace('<action>', action)}`]
  return [...parts.map(fitted), helpOf(Object.fromEntries(taken)), ...(after ? [fitted(after)] : [])].join('\n\n')
}

/**
 * Throws `BadOption` for an action that there is not, and for an option that is not of it.
 *
 * @param {import('../../package/server/options.mjs').Given} given
 * @param {Actions} actions
 * @param {Options} options
 */
export function checkAction({ positionals: [action], values }, actions, options) {
  const names = Object.keys(actions)
  if (action === undefined) throw new BadOption(`Name what to do: ${names.join(', ')}`)
  if (!Object.hasOwn(actions, action)) {
    const meant = nearest(action, names)
    throw new BadOption(`${action} is none of ${names.join(', ')}.${meant ? ` Did you mean ${meant}?` : ''}`)
  }
  for (const name of Object.keys(values))
    if (options[name]?.of?.includes(action) === false) throw new BadOption(`--${name} is no option of ${action}`)
}

/** @param {Actions} actions */
function listOf(actions) {
  const width = Math.max(...Object.keys(actions).map((name) => name.length))
  const lines = Object.entries(actions).map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)
  return [...lines, '', 'The options of an action: <action> --help'].join('\n')
}

/**
 * A text whose lines have at most 80 columns. What goes on begins below the text of a list, or below the line.
 *
 * @param {string} text
 */
export function fitted(text) {
  return text
    .split('\n')
    .flatMap((line) => {
      const indent = ' '.repeat((/^ +\S+ {2,}/.exec(line) ?? /^ */.exec(line))?.[0].length ?? 0)
      const lines = []
      let rest = line
      while (rest.length > WIDTH) {
        const end = rest.lastIndexOf(' ', WIDTH)
        if (end <= indent.length) break
        lines.push(rest.slice(0, end))
        rest = indent + rest.slice(end + 1)
      }
      return [...lines, rest]
    })
    .join('\n')
}
