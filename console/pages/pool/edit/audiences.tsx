import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Choice, Field, Rows, Switch } from '../../../parts/index.ts'
import { CLAIMS, SUBJECTS, type TokenAudience, type TokenSubject } from '../audiences.ts'
import { EditForm, type EditProps } from './edit.tsx'
import { Federation } from './federation.tsx'

interface Edited {
  /** As the pool has it. What it says without need stays said. */
  given: TokenAudience
  audience: Signal<string>
  subject: Signal<string>
  /** Separated by blanks. Empty for all of them, and a dash for none. */
  claims: Signal<string>
  seconds: Signal<string>
  guests: Signal<boolean>
}

/** For which relying parties users of the pool have tokens. */
export function Audiences({ onSaved, settings }: EditProps) {
  const rows = useMemo(() => signal((settings.TokenAudiences ?? []).map(edited)), [])
  const change = () => ({ TokenAudiences: rows.value.length > 0 ? rows.value.map(audienceOf) : undefined })
  return (
    <>
      <EditForm title="Tokens for relying parties" settings={settings} onSaved={onSaved} change={change}>
        <p class="hint">
          Whoever can sign in gets tokens for these audiences by GetTokenForAudience, and trades them for access at
          Google Cloud, Azure, Vault, Kubernetes or an API of yours.
        </p>
        <Rows legend="Audiences" items={rows} one="audience" most={20} make={() => edited({ Audience: '' })}>
          {({ audience, claims, guests, seconds, subject }) => (
            <>
              <Field label="Audience" value={audience} required hint="Letter for letter: there are no wildcards." />
              <Choice label="Subject" value={subject} options={SUBJECTS} />
              <Field
                label="Claims"
                value={claims}
                placeholder="all"
                hint={`Of ${CLAIMS.join(', ')}. A dash for none.`}
              />
              <Field label="Seconds at most" value={seconds} type="number" placeholder="3600" hint="60 to 3600" />
              <Switch label="Guests have them too" value={guests} />
            </>
          )}
        </Rows>
      </EditForm>
      <Federation />
    </>
  )
}

function edited(given: TokenAudience): Edited {
  const { Audience, Claims, Guests = false, MaxSeconds, Subject = 'identity' } = given
  return {
    given,
    audience: signal(Audience),
    subject: signal<string>(Subject),
    claims: signal(Claims?.length === 0 ? '-' : (Claims ?? []).join(' ')),
    seconds: signal(MaxSeconds === undefined ? '' : String(MaxSeconds)),
    guests: signal(Guests),
  }
}

/** With the defaults left out, unless the pool names them. */
function audienceOf({ audience, claims, given, guests, seconds, subject }: Edited): TokenAudience {
  const named = claims.value.split(/[\s,]+/).filter((claim) => claim !== '')
  return {
    Audience: audience.value.trim(),
    ...((given.Subject || subject.value !== 'identity') && { Subject: subject.value as TokenSubject }),
    ...(named.length > 0 && { Claims: named.filter((claim) => claim !== '-') }),
    ...(seconds.value.trim() !== '' && { MaxSeconds: Number(seconds.value) }),
    ...((given.Guests !== undefined || guests.value) && { Guests: guests.value }),
  }
}
