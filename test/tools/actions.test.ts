import { expect, it } from 'vitest'
import { checkAction, commandHelp, fitted } from '../../tools/lib/actions.mjs'
import { BadOption } from '../../tools/lib/bootstrap.mjs'
import { outcomeHere } from './command-here.ts'
import { outcome } from './command-run.ts'

const ACTIONS = { find: 'finds something', list: `lists ${'something '.repeat(12)}`.trim() }
const OPTIONS = {
  pool: { value: 'ID', text: 'the pool' },
  token: { of: ['find'], value: 'TOKEN', text: 'a token' },
  state: { of: ['list'], value: 'STATE', text: 'a state' },
}
const COMMAND = {
  usage: 'Works: npm run thing -- <action> --pool <pool id>',
  actions: ACTIONS,
  options: OPTIONS,
  after: 'The end.',
}

it('the help of an action has what that takes, and the one of the command what all take', () => {
  expect(commandHelp(COMMAND, ['find', '--help']).split('\n')).toEqual([
    'find: finds something',
    '',
    'npm run thing -- find --pool <pool id>',
    '',
    '  --pool ID      the pool',
    '  --token TOKEN  a token',
    '',
    'The end.',
  ])
  const help = commandHelp(COMMAND, ['--help'])
  expect(help).toContain('  find  finds something\n  list  lists something')
  expect(help).toContain('--pool')
  expect(help).not.toMatch(/--token|--state/)
})

it('the help of every action of identity fits into 80 columns', async () => {
  const { stdout } = await outcome('identity', ['--help'])
  const actions = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, action]) => action as string)
  expect(actions.length).toBeGreaterThan(10)
  const helps = [stdout]
  for (const action of actions) helps.push((await outcomeHere('identity', [action, '--help'])).stdout)
  for (const help of helps) expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
})

it('says which action was meant, and whose option it is not', () => {
  const check = (action: string | undefined, values = {}) =>
    checkAction({ positionals: action === undefined ? [] : [action], values }, ACTIONS, OPTIONS)
  expect(() => check('fnd')).toThrow(new BadOption('fnd is none of find, list. Did you mean find?'))
  expect(() => check(undefined)).toThrow(new BadOption('Name what to do: find, list'))
  expect(() => check('list', { token: 't' })).toThrow(new BadOption('--token is no option of list'))
  expect(() => check('find', { token: 't', pool: 'p' })).not.toThrow()
})

it('a mistyped option of a command with actions is told in one line', async () => {
  expect(await outcome('identity', ['find', '--providr', 'x'])).toEqual({
    code: 2,
    stderr: 'There is no option --providr. Did you mean --provider? --help tells more.\n',
    stdout: '',
  })
})

it('lines that are too long go on below their text, and a word that fits nowhere stays', () => {
  expect(fitted(`  a  ${'word '.repeat(20)}end`).split('\n')).toEqual([
    `  a  ${'word '.repeat(15)}`.trimEnd(),
    `     ${'word '.repeat(5)}end`,
  ])
  expect(fitted('x'.repeat(100))).toBe('x'.repeat(100))
})
