import type { ComponentChildren } from 'preact'
import { addressOf } from '../../parts/index.ts'
import type { Trust } from './trust.ts'

/** A statement of a trust policy in a sentence, with what is wrong about it. */
export function TrustText({ of, sid }: { of: Trust; sid: string }) {
  return (
    <li>
      {sid && <span class="quiet">{sid}: </span>}
      {sentence(of)}
      {of.rest.length > 0 && (
        <ul>
          {of.rest.map(({ key, operator, values }) => (
            <li key={`${operator} ${key}`}>
              only if <code>{key}</code> {operator} <code>{values.join(', ')}</code>
            </li>
          ))}
        </ul>
      )}
      {of.warnings.map((text) => (
        <p key={text} class="notice">
          {text}
        </p>
      ))}
    </li>
  )
}

function sentence(trust: Trust): ComponentChildren {
  const { allows, of, names } = trust
  const does = allows ? 'may' : 'may never'
  if (of === 'others')
    return (
      <>
        <code>{names.join(', ') || 'Nobody'}</code> {does} call <code>{trust.actions.join(', ')}</code>: these are no
        identities of a pool.
      </>
    )
  return (
    <>
      {capital(whoText(trust.amr))} of {poolsText(trust)} {does} {whatText(trust)}.
    </>
  )
}

function whatText({ actions, assumes, tags }: Trust): string {
  if (assumes) return tags ? 'take this role, and bring session tags' : 'take this role'
  return tags ? 'bring session tags' : `call ${actions.join(', ')}`
}

const WHO = new Map([
  ['authenticated', 'users who signed in'],
  ['unauthenticated', 'guests'],
])

/** `amr` also has the names of the providers by which a user signed in. */
const whoText = (amr: readonly string[]) =>
  amr.length === 0 ? 'guests and users' : amr.map((value) => WHO.get(value) ?? `whoever has amr ${value}`).join(' or ')

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function poolsText({ pools }: Trust): ComponentChildren {
  if (pools.length === 0) return 'every pool'
  return pools.map((pool, index) => (
    <span key={pool}>
      {index > 0 && ' or '}
      <PoolName id={pool} />
    </span>
  ))
}

function PoolName({ id }: { id: string }) {
  if (/[*?$]/.test(id)) return <code>{id}</code>
  return (
    <>
      the pool <a href={addressOf(['pool', id, 'overview'])}>{id}</a>
    </>
  )
}
