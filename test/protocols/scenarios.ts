import {
  block,
  creds,
  describe,
  erase,
  getId,
  login,
  mergeDevelopers,
  once,
  operatorLinks,
  operatorMerges,
  operatorTries,
  operatorUnlinks,
  type Process,
  trial,
  unlink,
  unlinkDeveloper,
} from './clients.ts'
import type { VirtualPool } from './virtual-pool.ts'

export interface Scenario {
  name: string
  /** Identities that are used: ids by name, made by chance. */
  ids: readonly string[]
  logins: readonly string[]
  seed: (pool: Pick<VirtualPool, 'seed' | 'reroute'>, id: (name: string) => string) => void
  processes: (id: (name: string) => string) => Process[]
}

const member = (id: string, ...names: string[]) => [id, names] as const

interface There {
  guests?: string[]
  members?: (readonly [string, string[]])[]
  forwards?: Record<string, string>
  /** Logins whose routes lead to one that forwards to their identity. */
  routes?: Record<string, string>
}

function scenario(name: string, there: There, logins: string[], processes: Scenario['processes']): Scenario {
  const { forwards = {}, guests = [], members = [], routes = {} } = there
  return {
    name,
    ids: [...guests, ...members.map(([id]) => id), ...Object.keys(forwards)],
    logins,
    seed: (pool, id) => {
      for (const guest of guests) pool.seed(id(guest), 'guest', [])
      for (const [one, names] of members) pool.seed(id(one), 'member', names.map(login))
      for (const [loser, survivor] of Object.entries(forwards)) pool.seed(id(loser), 'guest', [], id(survivor))
      for (const [one, loser] of Object.entries(routes)) pool.reroute(login(one), id(loser))
    },
    processes,
  }
}

/** With one public login more, nineteen. */
const MANY = Array.from({ length: 18 }, (_, n) => `vd${n + 1}`)

const two = { members: [member('X', 'vg'), member('Y', 'vf')] }

/** The first thirteen are those of the design; `v` is a user, `a` somebody who knows ids and has logins of their own. */
export const SCENARIOS: readonly Scenario[] = [
  scenario(
    'a user signs in as a guest whose id another knows and links to',
    { guests: ['G'] },
    ['vg', 'ag', 'af'],
    (id) => [creds(id('G'), 'vg'), creds(id('G'), 'af')],
  ),
  scenario(
    'another presents a new login to a guest that became the user’s',
    { members: [member('V', 'vg')], forwards: { G: 'V' } },
    ['vg', 'af'],
    (id) => [creds(id('G'), 'af')],
  ),
  scenario('two tabs of a new user, logins in opposite order', {}, ['vg', 'vf'], () => [
    getId('vg', 'vf'),
    getId('vf', 'vg'),
  ]),
  scenario('opposite merges', two, ['vg', 'vf'], (id) => [creds(id('X'), 'vg', 'vf'), creds(id('Y'), 'vf', 'vg')]),
  scenario(
    'the last login is taken off while another is linked',
    { members: [member('X', 'vg')] },
    ['vg', 'vf'],
    (id) => [unlink(id('X'), 'vg'), creds(id('X'), 'vg', 'vf')],
  ),
  scenario('an identity is deleted while a login is linked', { members: [member('X', 'vg')] }, ['vg', 'vf'], (id) => [
    erase(id('X')),
    creds(id('X'), 'vg', 'vf'),
  ]),
  scenario('a merge while a second login of a provider is linked', two, ['vg', 'vf', 'vg2'], (id) => [
    creds(id('X'), 'vg', 'vf'),
    creds(id('Y'), 'vf', 'vg2'),
  ]),
  scenario('a merge while a login is taken off', two, ['vg', 'vf'], (id) => [
    creds(id('X'), 'vg', 'vf'),
    unlink(id('Y'), 'vf'),
  ]),
  scenario('a merge while the survivor is deleted', two, ['vg', 'vf'], (id) => [
    creds(id('X'), 'vg', 'vf'),
    erase(id('X')),
  ]),
  scenario(
    'developer users merge both ways',
    { members: [member('X', 'vd1'), member('Y', 'vd2')] },
    ['vd1', 'vd2'],
    () => [mergeDevelopers('vd1', 'vd2'), mergeDevelopers('vd2', 'vd1')],
  ),
  scenario(
    'a ring of merges of developer users',
    { members: [member('X', 'vd1'), member('Y', 'vd2'), member('Z', 'vd3')] },
    ['vd1', 'vd2', 'vd3'],
    () => [mergeDevelopers('vd1', 'vd2'), mergeDevelopers('vd2', 'vd3'), mergeDevelopers('vd3', 'vd1')],
  ),
  scenario(
    'a merge, a login off, a deletion and two sign-ins',
    { members: [member('X', 'vg'), member('Y', 'vf', 'vt')] },
    ['vg', 'vf', 'vt'],
    (id) => [creds(id('X'), 'vg', 'vf'), unlink(id('Y'), 'vf'), erase(id('Y')), getId('vf'), getId('vt', 'vg')],
  ),
  scenario(
    'a guest is signed in twice, another links, and the user merges',
    { guests: ['G'], members: [member('V', 'vf')] },
    ['vg', 'vf', 'af', 'ag'],
    (id) => [
      creds(id('G'), 'vg'),
      creds(id('G'), 'vf'),
      creds(id('G'), 'af', 'ag'),
      creds(id('V'), 'vf', 'vg'),
      getId('ag'),
    ],
  ),
  scenario('three tabs of a new user', {}, ['vg'], () => [getId('vg'), getId('vg'), getId('vg')]),
  scenario(
    'a login goes from one identity to another',
    { members: [member('X', 'vg', 'vf')] },
    ['vg', 'vf', 'vt'],
    (id) => [unlink(id('X'), 'vf'), getId('vf', 'vt'), creds(id('X'), 'vg', 'vt')],
  ),
  scenario(
    'a developer user is taken off and comes again',
    { members: [member('X', 'vd1', 'vg'), member('Y', 'vd2')] },
    ['vd1', 'vd2', 'vg'],
    (id) => [unlinkDeveloper(id('X'), 'vd1'), mergeDevelopers('vd1', 'vd2'), getId('vg'), creds(id('X'), 'vg', 'vd1')],
  ),
  scenario(
    'a chain of merges while the first loser is deleted',
    { members: [member('X', 'vg'), member('Y', 'vf'), member('Z', 'vt')] },
    ['vg', 'vf', 'vt'],
    (id) => [creds(id('X'), 'vg', 'vf'), creds(id('Y'), 'vf', 'vt'), erase(id('Y')), getId('vf')],
  ),
  scenario(
    'a login leaves the survivor before the loser has followed',
    { members: [member('X', 'vg'), member('Y', 'vf', 'vt'), member('Z', 'vh')] },
    ['vg', 'vf', 'vt', 'vh'],
    (id) => [creds(id('X'), 'vg', 'vf'), unlink(id('X'), 'vf'), creds(id('Z'), 'vh', 'vf'), getId('vt', 'vh')],
  ),
  scenario(
    'the survivor is deleted before the loser has followed, and the user comes again',
    { members: [member('X', 'vg'), member('Y', 'vf'), member('Z', 'vh')] },
    ['vg', 'vf', 'vh'],
    (id) => [creds(id('X'), 'vg', 'vf'), erase(id('X')), getId('vf'), creds(id('Z'), 'vh', 'vf')],
  ),
  scenario(
    'a login is taken off and linked again, here and there',
    { members: [member('X', 'vg', 'vf'), member('Y', 'vt')] },
    ['vg', 'vf', 'vt'],
    (id) => [unlink(id('X'), 'vf'), creds(id('X'), 'vg', 'vf'), unlink(id('X'), 'vf'), creds(id('Y'), 'vt', 'vf')],
  ),
  scenario('a login is taken off while its merge goes on', two, ['vg', 'vf'], (id) => [
    unlink(id('X'), 'vf'),
    creds(id('X'), 'vg', 'vf'),
    creds(id('Y'), 'vf', 'vg'),
  ]),
  scenario(
    'a chain of merges long past, whose first losers are deleted',
    { members: [member('C', 'vg', 'vf')], forwards: { A: 'B', B: 'C' }, routes: { vg: 'A', vf: 'B' } },
    ['vg', 'vf', 'vt'],
    (id) => [erase(id('A')), erase(id('B')), getId('vg', 'vt'), creds(id('A'), 'vf'), describe(id('B'))],
  ),
  scenario(
    'the end of a chain of merges is deleted',
    { members: [member('C', 'vg', 'vf')], forwards: { A: 'B', B: 'C' }, routes: { vg: 'A', vf: 'B' } },
    ['vg', 'vf'],
    (id) => [erase(id('C')), getId('vg', 'vf'), creds(id('A'), 'vf')],
  ),
  scenario('a guest with many logins, and another', { guests: ['G'] }, ['vg', 'vf', 'vt', 'ag', 'af'], (id) => [
    creds(id('G'), 'vg', 'vf', 'vt'),
    creds(id('G'), 'ag', 'af'),
    creds(id('G'), 'vt'),
  ]),
  scenario(
    'another names the user’s identity with logins of their own',
    { guests: ['G'], members: [member('X', 'vg'), member('A', 'at')] },
    ['vg', 'vf', 'ag', 'at'],
    (id) => [creds(id('X'), 'ag'), creds(id('X'), 'at', 'ag'), creds(id('X'), 'vg', 'vf'), creds(id('G'), 'at', 'ag')],
  ),
  scenario(
    'a guest becomes the user’s and another’s at once, by merges',
    { guests: ['G'], members: [member('X', 'vg'), member('A', 'at')] },
    ['vg', 'vf', 'at', 'af'],
    (id) => [creds(id('G'), 'vg', 'vf'), creds(id('G'), 'at', 'af'), trial(id('G'), 'vg'), getId('vf')],
  ),
  scenario(
    'four developer users merge crosswise',
    { members: ['1', '2', '3', '4'].map((n) => member(`X${n}`, `vd${n}`)) },
    ['vd1', 'vd2', 'vd3', 'vd4'],
    () => [
      mergeDevelopers('vd1', 'vd2'),
      mergeDevelopers('vd3', 'vd2'),
      mergeDevelopers('vd4', 'vd1'),
      mergeDevelopers('vd3', 'vd4'),
    ],
  ),
  scenario(
    'places for one login more, and two come',
    { members: [member('X', 'vg', ...MANY), member('Y', 'vh')] },
    ['vg', 'vf', 'vt', 'vh', 'vd1'],
    (id) => [creds(id('X'), 'vg', 'vf'), creds(id('X'), 'vd1', 'vt'), creds(id('X'), 'vg', 'vh')],
  ),
  scenario(
    'an assertion that is good for one use is used by three',
    { guests: ['G'], members: [member('X', 'vg')] },
    ['vg', 'vs'],
    (id) => [once('p', undefined, 'vs'), once('p', id('G'), 'vs'), once('p', id('X'), 'vs', 'vg')],
  ),
  scenario('trials while two identities merge', two, ['vg', 'vf', 'vt'], (id) => [
    creds(id('X'), 'vg', 'vf', 'vt'),
    trial(undefined, 'vt', 'vf'),
    trial(id('Y'), 'vf', 'vg'),
    trial(undefined, 'vg'),
  ]),
  scenario(
    'a user is deleted and comes again, in several tabs',
    { members: [member('X', 'vg', 'vf')] },
    ['vg', 'vf', 'vt'],
    (id) => [erase(id('X')), getId('vf', 'vg'), creds(id('X'), 'vg', 'vt'), getId('vg'), erase(id('X'))],
  ),
  scenario(
    'a route is set right while its login goes elsewhere',
    { members: [member('C', 'vg'), member('Y', 'vf')], forwards: { A: 'C' }, routes: { vg: 'A' } },
    ['vg', 'vf'],
    (id) => [getId('vg'), unlink(id('C'), 'vg'), creds(id('Y'), 'vf', 'vg')],
  ),
  scenario('a login is linked and taken off', { members: [member('X', 'vg')] }, ['vg', 'vf', 'vt'], (id) => [
    creds(id('X'), 'vg', 'vf'),
    unlink(id('X'), 'vf'),
    getId('vf', 'vt'),
  ]),
  scenario(
    'an identity merges just when it has got a login',
    { members: [member('X', 'vg'), member('Y', 'vf')] },
    ['vg', 'vf', 'vt'],
    (id) => [creds(id('Y'), 'vf', 'vt'), creds(id('X'), 'vg', 'vf'), getId('vt')],
  ),
  scenario('an identity is blocked while a login is linked', { members: [member('X', 'vg')] }, ['vg', 'vf'], (id) => [
    block(id('X')),
    creds(id('X'), 'vg', 'vf'),
    getId('vg'),
  ]),
  scenario('the loser of a merge is blocked meanwhile', two, ['vg', 'vf'], (id) => [
    creds(id('X'), 'vg', 'vf'),
    block(id('Y')),
    getId('vf'),
  ]),
  scenario('the survivor of a merge is blocked meanwhile', two, ['vg', 'vf'], (id) => [
    creds(id('X'), 'vg', 'vf'),
    block(id('X')),
    creds(id('Y'), 'vf', 'vg'),
  ]),
  scenario(
    'an identity is blocked while a login is taken off',
    { members: [member('X', 'vg', 'vf')] },
    ['vg', 'vf'],
    (id) => [block(id('X')), unlink(id('X'), 'vf')],
  ),
  scenario(
    'developer users merge while one of them is blocked',
    { members: [member('X', 'vd1'), member('Y', 'vd2'), member('Z', 'vd3')] },
    ['vd1', 'vd2', 'vd3'],
    (id) => [mergeDevelopers('vd1', 'vd2'), block(id('X')), mergeDevelopers('vd2', 'vd3')],
  ),
  scenario(
    'a guest is blocked while a user takes it over',
    { guests: ['G'], members: [member('V', 'vg')] },
    ['vg', 'vf'],
    (id) => [block(id('G')), creds(id('G'), 'vg'), creds(id('G'), 'vf')],
  ),
  scenario(
    'a guest becomes another’s just when the user takes it over',
    { guests: ['G'], members: [member('V', 'vg')] },
    ['vg', 'af'],
    (id) => [creds(id('G'), 'vg'), creds(id('G'), 'af')],
  ),
  scenario(
    'an operator links a login that its user brings at that moment',
    { members: [member('X', 'vg')] },
    ['vg', 'vf', 'vt'],
    (id) => [operatorLinks(id('X'), 'vf'), getId('vf'), creds(id('X'), 'vg', 'vt'), operatorLinks(id('X'), 'vf')],
  ),
  scenario(
    'an operator links to an id that lost a merge long ago, and to one that loses one now',
    { members: [member('B', 'vg'), member('C', 'vf')], forwards: { A: 'B' }, routes: { vg: 'A' } },
    ['vg', 'vf', 'vt', 'vh'],
    (id) => [operatorLinks(id('A'), 'vt'), creds(id('B'), 'vg', 'vf'), operatorLinks(id('C'), 'vh')],
  ),
  scenario('an operator links to a guest that its user signs in', { guests: ['G'] }, ['vg', 'vf'], (id) => [
    operatorLinks(id('G'), 'vg'),
    creds(id('G'), 'vf'),
    operatorTries(id('G'), 'vf', id('G')),
  ]),
  scenario('operators merge two users both ways, who merge themselves', two, ['vg', 'vf'], (id) => [
    operatorMerges(id('X'), id('Y'), 'vg', 'vf'),
    operatorMerges(id('Y'), id('X'), 'vg', 'vf'),
    creds(id('X'), 'vg', 'vf'),
    operatorTries(id('X'), 'vt', id('Y')),
  ]),
  scenario(
    'a ring of merges by operators',
    { members: [member('X', 'vg'), member('Y', 'vf'), member('Z', 'vt')] },
    ['vg', 'vf', 'vt'],
    (id) => [
      operatorMerges(id('X'), id('Y'), 'vg', 'vf'),
      operatorMerges(id('Y'), id('Z'), 'vf', 'vt'),
      operatorMerges(id('Z'), id('X'), 'vt', 'vg'),
    ],
  ),
  scenario(
    'an operator merges a guest that signs in, into a user who is deleted',
    { guests: ['G'], members: [member('V', 'vg')] },
    ['vg', 'vf'],
    (id) => [operatorMerges(id('G'), id('V')), creds(id('G'), 'vf'), erase(id('V')), getId('vg')],
  ),
  scenario(
    'an operator takes logins off, and gives one to another identity',
    { members: [member('X', 'vg', 'vd1'), member('Y', 'vf')] },
    ['vg', 'vf', 'vd1', 'vt'],
    (id) => [
      operatorUnlinks(id('X'), 'vg'),
      operatorLinks(id('Y'), 'vg'),
      operatorUnlinks(id('X'), 'vd1'),
      creds(id('X'), 'vg', 'vt'),
    ],
  ),
  scenario(
    'an operator merges a user who has places for one login more',
    { members: [member('X', 'vg', ...MANY), member('Y', 'vh')] },
    ['vg', 'vf', 'vh', 'vd1'],
    (id) => [operatorMerges(id('Y'), id('X'), 'vh', 'vg'), operatorLinks(id('X'), 'vf'), creds(id('X'), 'vd1', 'vf')],
  ),
]
