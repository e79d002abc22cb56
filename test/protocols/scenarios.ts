import type { ProvenLogin } from '../../src/pools/identities.ts'
import type { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { VirtualPool } from './virtual-pool.ts'

/** A login at a public provider, by the letters of the person, the provider and perhaps a number: `vg`, `ag2`. */
export const login = (name: string): ProvenLogin =>
  name[1] === 'd'
    ? { provider: 'dev', subject: name, developer: true }
    : { provider: `${name[1]}.example`, subject: name, developer: false }

/** A call of one client, and the logins whose place its answer tells: what was acknowledged must hold. */
export interface Process {
  run: (pool: SpreadPool, fresh: string) => Promise<{ kind: string; uuid?: string }>
  acknowledges: readonly string[]
}

export interface Scenario {
  name: string
  /** Identities that are used: ids by name, made by chance. */
  ids: readonly string[]
  logins: readonly string[]
  seed: (pool: VirtualPool, id: (name: string) => string) => void
  processes: (id: (name: string) => string) => Process[]
}

const getId = (...names: string[]): Process => ({
  run: (pool, fresh) => pool.resolve({ logins: names.map(login), fresh }),
  acknowledges: names,
})
const creds = (identity: string, ...names: string[]): Process => ({
  run: (pool, fresh) => pool.resolve({ identity, logins: names.map(login), fresh }),
  acknowledges: names,
})
const unlink = (identity: string, name: string): Process => ({
  run: (pool, fresh) => {
    const proven = [login(name)]
    return pool.unlink({ identity, proven, providers: proven.map((one) => one.provider), operation: fresh })
  },
  acknowledges: [],
})
const erase = (identity: string): Process => ({
  run: async (pool) => {
    await pool.delete([identity])
    return { kind: 'deleted' }
  },
  acknowledges: [],
})
const mergeDevelopers = (source: string, destination: string): Process => ({
  run: (pool) => pool.mergeDevelopers({ provider: 'dev', source, destination }),
  acknowledges: [source, destination],
})
const unlinkDeveloper = (identity: string, subject: string): Process => ({
  run: (pool, fresh) => pool.unlinkDeveloper({ identity, provider: 'dev', subject, operation: fresh }),
  acknowledges: [],
})

const member = (id: string, ...names: string[]) => [id, names] as const

function scenario(
  name: string,
  there: { guests?: string[]; members?: (readonly [string, string[]])[]; forwards?: Record<string, string> },
  logins: string[],
  processes: Scenario['processes'],
): Scenario {
  const { forwards = {}, guests = [], members = [] } = there
  return {
    name,
    ids: [...guests, ...members.map(([id]) => id), ...Object.keys(forwards)],
    logins,
    seed: (pool, id) => {
      for (const guest of guests) pool.seed(id(guest), 'guest', [])
      for (const [one, names] of members) pool.seed(id(one), 'member', names.map(login))
      for (const [loser, survivor] of Object.entries(forwards)) pool.seed(id(loser), 'guest', [], id(survivor))
    },
    processes,
  }
}

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
]
