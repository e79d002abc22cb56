import { CopyBlock, Facts, Loaded, Moment, Table, useLoad } from '../../parts/index.ts'
import { readSettings } from '../../session/index.ts'

interface Claims {
  iss: string
  jti: string
  iat: number
  pool: string
  ids: string[]
  counts: { identities: number; logins: number }
  reason?: string
  remains: { what: string; where: string; until?: number }[]
}

/** The signed receipt of an erasure: what it says, the whole to copy or to save, and how anybody verifies it. */
export function Receipt({ jws }: { jws: string }) {
  const claims = claimsOf(jws)
  const file = `receipt-${claims?.jti ?? 'of-erasure'}.jwt`
  return (
    <section aria-label="Receipt">
      <h2>Receipt</h2>
      {claims && <Said claims={claims} />}
      <CopyBlock title={`Receipt ${claims?.jti ?? ''}`} text={jws} />
      <p>
        <a href={`data:application/jwt,${jws}`} download={file}>
          Save it as a file
        </a>
      </p>
      <Verify file={file} />
      {claims && <Remains of={claims.remains} />}
    </section>
  )
}

function Said({ claims: { counts, iat, ids, iss, jti, pool, reason } }: { claims: Claims }) {
  return (
    <Facts
      of={[
        ['Receipt', <code key="jti">{jti}</code>],
        ['Signed', <Moment key="iat" at={iat} />],
        ['By', <code key="iss">{iss}</code>],
        ['Pool', <code key="pool">{pool}</code>],
        [
          'Deleted',
          `${counted(counts.identities, 'identity', 'identities')}, ${counted(counts.logins, 'login', 'logins')}`,
        ],
        ['Ids', <code key="ids">{ids.join(', ')}</code>],
        ['Case', reason],
      ]}
    />
  )
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

function Verify({ file }: { file: string }) {
  const settings = useLoad(readSettings, [])
  return (
    <Loaded from={settings}>
      {({ issuer }) => (
        <>
          <p>
            Anybody can verify it, for ever: the public keys are at{' '}
            <code>{issuer.replace(/\/$/, '')}/.well-known/erasure-keys</code>.
          </p>
          <CopyBlock
            title="Verify it"
            text={`node docs/examples/verify-receipt.mjs ${issuer.replace(/\/$/, '')} ${file}`}
          />
        </>
      )}
    </Loaded>
  )
}

const PLACES: Readonly<Record<string, string>> = {
  point_in_time_copies: 'copies for recovery, which only code in the object can restore',
  journal: 'the journal: hashes under a key, and this receipt, encrypted',
  decisions: 'records of earlier requests, by request id',
  logs: 'the log',
  login_hints: 'hints in caches, under hashed names',
  credentials: 'tokens and credentials that were given out, which nobody can recall',
  log_exports: 'logs that you ship elsewhere',
  exports: 'exports that you have',
}

function Remains({ of }: { of: Claims['remains'] }) {
  return (
    <>
      <h3>What is still somewhere</h3>
      <Table
        caption="What is still somewhere"
        rows={of}
        keyOf={({ what }) => what}
        columns={[
          { title: 'What', cell: ({ what }) => PLACES[what] ?? what },
          { title: 'Until', cell: ({ until }) => (until === undefined ? 'you decide' : <Moment at={until} />) },
        ]}
        empty={<p>Nothing.</p>}
      />
    </>
  )
}

/** What the receipt says. It is shown, and not trusted. */
function claimsOf(jws: string): Claims | undefined {
  try {
    const text = atob((jws.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))))
  } catch {
    return undefined
  }
}
