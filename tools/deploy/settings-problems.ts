import {
  checkName,
  NAMED_SETTINGS,
  prefixOf,
  readConfig,
  readKeyRingConfig,
  type Setting,
  SettingError,
  SINGLE_SETTINGS,
  settingNamed,
} from '../../src/config/index.ts'

/** What a deployment would run with. */
export interface GivenSettings {
  /** Variables with their values, which need not be text. */
  vars: Readonly<Record<string, unknown>>
  /** Secrets by name. The value of one that is deployed already is not known. `undefined`: not even the names are. */
  secrets: ReadonlyMap<string, string | undefined> | undefined
  /** Secrets that the configuration itself demands (`secrets.required`). */
  required?: readonly string[]
}

/** What would keep the service from working, which secrets are missing, and what is only worth a look: sentences. */
export interface SettingsFindings {
  problems: string[]
  missing: string[]
  notes: string[]
}

const ROWS: readonly (readonly [string, Setting])[] = Object.entries(SINGLE_SETTINGS)

/**
 * Judges settings by the service's own table: what has no problem here, starts. Values of secrets are judged where they
 * are known, and never repeated.
 */
export function settingsProblems(given: GivenSettings): SettingsFindings {
  const misplaced = Object.keys(given.vars).filter((name) => settingNamed(name)?.kind === 'secret')
  const known = Object.keys(given.vars).filter(settingNamed)
  const unknown = Object.keys(given.vars).filter((name) => !settingNamed(name))
  const unknownSecrets = [...(given.secrets ?? [])].filter(([name]) => !settingNamed(name))
  const comingAlong = unknownSecrets.flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const deployed = unknownSecrets.flatMap(([name, value]) => (value === undefined ? [name] : []))
  const problems = [
    ...valueProblems(given, known),
    ...misplaced.map((name) => `${name} must be a secret, not a variable: \`wrangler secret put ${name}\`.`),
    ...doubled(given).map((name) => `${name} is a variable and a secret: Cloudflare takes one of them alone.`),
    ...[...unknown, ...comingAlong].flatMap(misspelling),
  ]
  const notes = [
    ...unknown.filter((name) => nearest(name) === undefined).map((name) => `${name} is no setting of this service.`),
    // It may be there for a reason of its own, and has been for a while.
    ...deployed.flatMap(misspelling),
  ]
  // Each may stand by itself and not beside another.
  if (problems.length === 0) problems.push(...refusalOf(() => readTogether(given)))
  return { problems, missing: missingSecrets(given), notes }
}

function doubled({ secrets, vars }: GivenSettings): string[] {
  return Object.keys(vars).filter((name) => secrets?.has(name) && settingNamed(name)?.kind === 'variable')
}

function valueProblems({ secrets, vars }: GivenSettings, known: readonly string[]): string[] {
  const variables = ROWS.filter(([, row]) => row.kind === 'variable').map(([name]) => name)
  const named = known.filter((name) => settingNamed(name)?.kind === 'variable')
  const judged = new Set([...variables, ...named])
  const ofVariables = [...judged].flatMap((name) => {
    if (name === 'LOCAL_MODE' && name in vars) return ['LOCAL_MODE must not be set: it is for `npm start` alone.']
    // A variable that is deployed as a secret is there, and its value is not known.
    if (!(name in vars) && secrets?.has(name) && secrets.get(name) === undefined) return []
    return valueProblem(name, vars[name] ?? secrets?.get(name))
  })
  const ofSecrets = [...(secrets ?? [])].flatMap(([name, value]) => {
    if (judged.has(name)) return []
    return value === undefined ? refusalOf(() => checkName(name)) : valueProblem(name, value)
  })
  return [...ofVariables, ...ofSecrets]
}

function valueProblem(name: string, value: unknown): string[] {
  const row = settingNamed(name)
  if (!row) return []
  if (value !== undefined && typeof value !== 'string') return [`${name} must be text, which a JSON variable is not.`]
  const text = name in SINGLE_SETTINGS ? value?.trim() || undefined : value
  // A reader of a single setting takes `undefined`; one of a named setting has a value, since its name is given.
  return refusalOf(() => {
    checkName(name)
    return row.read(text as string, { name, localMode: false })
  })
}

/** Reads everything at once, as the Worker does when it starts, unless a value that the others depend on is not known. */
function readTogether({ secrets, vars }: GivenSettings): void {
  const hidden = ROWS.filter(([name, { kind }]) => kind === 'variable' && secrets?.has(name) && !secrets.get(name))
  if (hidden.length > 0) return
  const values = [...(secrets ?? [])].filter(([, value]) => value !== undefined)
  const env = { ...vars, ...Object.fromEntries(values) }
  readConfig(env)
  if (Object.hasOwn(env, 'KEY_ENCRYPTION_KEY')) readKeyRingConfig(env)
}

function refusalOf(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (error) {
    if (error instanceof SettingError) return [`${error.setting} ${error.problem}.`]
    throw error
  }
}

function missingSecrets({ required: demanded = [], secrets }: GivenSettings): string[] {
  if (!secrets) return []
  const names = [...secrets.keys()]
  const others = demanded.flatMap((name) =>
    names.includes(name) || ROWS.some(([known, { absent }]) => known === name && absent === 'required')
      ? []
      : [`${name} is missing: secrets.required names it. \`wrangler secret put ${name}\``],
  )
  const required = ROWS.flatMap(([name, { absent, kind, value }]) =>
    kind === 'secret' && absent === 'required' && !names.includes(name)
      ? [`${name} is missing: ${value.split(';')[0]}. \`wrangler secret put ${name}\``]
      : [],
  )
  const lacking = Object.entries(NAMED_SETTINGS).flatMap(([pattern, { lack }]) =>
    lack !== undefined && !names.some((name) => name.startsWith(prefixOf(pattern)))
      ? [`No ${pattern}: ${lack}. \`wrangler secret put ${pattern}\``]
      : [],
  )
  return [...required, ...lacking, ...others]
}

function misspelling(name: string): string[] {
  const meant = nearest(name)
  return meant === undefined ? [] : [`${name} is no setting of this service. Is ${meant} meant?`]
}

/** The setting whose name is like this one: up to two letters are changed, added or left out, or only their case differs. */
function nearest(name: string): string | undefined {
  const upper = name.toUpperCase()
  const single = Object.keys(SINGLE_SETTINGS).find((known) => distance(upper, known) <= 2 || isCutOff(upper, known))
  return single ?? Object.keys(NAMED_SETTINGS).find((pattern) => beginsAlmost(upper, prefixOf(pattern)))
}

/** `KEY_ENCRYPTION_KEY_PREV`: a setting's name with its last word cut short, where no other setting has what is left. */
function isCutOff(name: string, known: string): boolean {
  return name.length > known.lastIndexOf('_') + 1 && known.includes('_') && known.startsWith(name)
}

/** The beginning may have some letters more or fewer than the right one, as that of `ACESS_KEY_X` has. */
function beginsAlmost(name: string, beginning: string): boolean {
  return [-2, -1, 0, 1, 2].some((more) => {
    const length = beginning.length + more
    return name.length > length && distance(name.slice(0, length), beginning) <= 2
  })
}

/** Letters to change, add or take away until one text is the other (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
