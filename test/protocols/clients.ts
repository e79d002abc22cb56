import type { ProvenLogin } from '../../src/pools/identities.ts'
import { WITHOUT_END } from '../../src/pools/restrictions.ts'
import type { SpreadPool } from '../../src/pools/spread/spread-pool.ts'

/** A login at a public provider, by the letters of the person, the provider and perhaps a number: `vg`, `ag2`. */
export const login = (name: string): ProvenLogin =>
  name[1] === 'd'
    ? { provider: 'dev', subject: name, developer: true }
    : { provider: `${name[1]}.example`, subject: name, developer: false }

/** A call of one client. */
export interface Process {
  run: (pool: SpreadPool, fresh: string) => Promise<{ kind: string; uuid?: string }>
  /** The logins whose place its answer tells: what was acknowledged must hold. */
  acknowledges: readonly string[]
  /** What it takes away may be what another was told. */
  undoes?: boolean
  /** A login that is gone when it has answered, unless another brings it back. */
  removes?: string
  /** Nobody signs in as the identity that it answers, from then on. */
  blocks?: boolean
  /** It may free all logins of an identity. */
  frees?: boolean
  /** It must change nothing. */
  isDry?: boolean
  /** Names the proof that it uses up. */
  proof?: string
}

export const getId = (...names: string[]): Process => ({
  run: (pool, fresh) => pool.resolve({ logins: names.map(login), fresh }),
  acknowledges: names,
})
export const creds = (identity: string, ...names: string[]): Process => ({
  run: (pool, fresh) => pool.resolve({ identity, logins: names.map(login), fresh }),
  acknowledges: names,
})
export const unlink = (identity: string, name: string): Process => ({
  run: (pool, fresh) => {
    const proven = [login(name)]
    return pool.unlink({ identity, proven, providers: proven.map((one) => one.provider), operation: fresh })
  },
  acknowledges: [],
  undoes: true,
  removes: name,
})
export const erase = (identity: string): Process => ({
  run: async (pool) => {
    await pool.delete([identity])
    return { kind: 'deleted' }
  },
  acknowledges: [],
  undoes: true,
  frees: true,
})
export const mergeDevelopers = (source: string, destination: string): Process => ({
  run: (pool) => pool.mergeDevelopers({ provider: 'dev', source, destination }),
  acknowledges: [source, destination],
})
export const unlinkDeveloper = (identity: string, subject: string): Process => ({
  run: (pool, fresh) => pool.unlinkDeveloper({ identity, provider: 'dev', subject, operation: fresh }),
  acknowledges: [],
  undoes: true,
  removes: subject,
})
/** Calls of operators, who prove nothing. */
export const operatorLinks = (identity: string, name: string): Process => ({
  run: async (pool) => granted(await pool.linkLogin({ identity, login: login(name), aliases: [] })),
  acknowledges: [name],
})
export const operatorUnlinks = (identity: string, name: string): Process => ({
  run: (pool, fresh) => pool.unlinkLogin({ identity, logins: [login(name)], operation: fresh }),
  acknowledges: [],
  undoes: true,
  removes: name,
})
export const operatorMerges = (source: string, destination: string, ...names: string[]): Process => ({
  run: async (pool) => granted(await pool.mergeIdentities({ source, destination })),
  acknowledges: names,
})
/** A refusal may name an identity too. */
const granted = (answer: { kind: string; uuid?: string }) =>
  ['linked', 'merged'].includes(answer.kind) ? answer : { kind: answer.kind }
/** What calls of operators would answer. */
export const operatorTries = (identity: string, name: string, another: string): Process => ({
  run: async (pool, operation) => {
    await pool.linkLogin({ identity, login: login(name), aliases: [], dryRun: true })
    await pool.unlinkLogin({ identity, logins: [login(name)], operation, dryRun: true })
    return pool.mergeIdentities({ source: identity, destination: another, dryRun: true })
  },
  acknowledges: [],
  isDry: true,
})
/** Nobody may sign in with a login of this identity when it has answered. */
export const block = (identity: string): Process => ({
  run: (pool) => pool.restrict(identity, { restriction: 'block', until: WITHOUT_END, reason: undefined }),
  acknowledges: [],
  undoes: true,
  blocks: true,
})
/** What a call would answer. */
export const trial = (identity: string | undefined, ...names: string[]): Process => ({
  run: (pool, fresh) => pool.resolve({ identity, logins: names.map(login), fresh, dryRun: true }),
  acknowledges: [],
  isDry: true,
})
/** The first login is proven by what is good for one use. */
export const once = (proof: string, identity: string | undefined, ...names: string[]): Process => ({
  run: (pool, fresh) => {
    const logins = names.map(login)
    const [first] = logins as [ProvenLogin]
    const proofs = [{ name: proof, expiresAt: Number.MAX_SAFE_INTEGER, login: first }]
    return pool.resolve({ identity, logins, fresh, once: { proofs, operation: fresh } })
  },
  acknowledges: names,
  proof,
})
export const describe = (identity: string): Process => ({
  run: async (pool) => ((await pool.describe(identity)) ? { kind: 'described' } : { kind: 'no_identity' }),
  acknowledges: [],
})
