/** One condition of a statement. */
export interface Condition {
  operator: string
  key: string
  values: readonly string[]
}

export interface Statement {
  sid: string
  allows: boolean
  /** Each with its type, such as `Federated`; `*` stands for everybody. */
  principals: readonly { type: string; name: string }[]
  /** Written as NotPrincipal, NotAction or NotResource somewhere: whom and what it is not about. */
  isNegated: boolean
  actions: readonly string[]
  conditions: readonly Condition[]
}

/** The statements of an IAM policy. Throws for a text that is none. */
export function statementsIn(document: string): Statement[] {
  const { Statement: statements } = JSON.parse(document) as { Statement: unknown }
  return [statements].flat().map((one) => statementFrom(one as Record<string, unknown>))
}

const texts = (value: unknown): string[] =>
  value === undefined ? [] : [value].flat().filter((one): one is string => typeof one === 'string')

function statementFrom(given: Record<string, unknown>): Statement {
  return {
    sid: String(given.Sid ?? ''),
    allows: given.Effect === 'Allow',
    principals: principalsIn(given.Principal ?? given.NotPrincipal),
    isNegated: ['NotPrincipal', 'NotAction', 'NotResource'].some((name) => given[name] !== undefined),
    actions: texts(given.Action ?? given.NotAction),
    conditions: Object.entries(Object(given.Condition)).flatMap(([operator, keys]) =>
      Object.entries(Object(keys)).map(([key, values]) => ({ operator, key, values: texts(values) })),
    ),
  }
}

function principalsIn(given: unknown): Statement['principals'] {
  if (given === '*') return [{ type: '*', name: '*' }]
  return Object.entries(Object(given)).flatMap(([type, names]) => texts(names).map((name) => ({ type, name })))
}

/** Whether a pattern of actions has this one. IAM looks at no case. */
export function hasAction({ actions }: Statement, action: string): boolean {
  return actions.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase()))
}

/** Whether a text is as a pattern with * and ? says. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return matchesAt(pattern, text, 0) && pattern.length === text.length
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (text.length < first.length + last.length || !matchesAt(first, text, 0)) return false
  if (!matchesAt(last, text, text.length - last.length)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    while (at + part.length <= text.length - last.length && !matchesAt(part, text, at)) at++
    if (at + part.length > text.length - last.length) return false
    at += part.length
  }
  return true
}

const matchesAt = (part: string, text: string, at: number) =>
  [...part].every((character, index) => character === '?' || character === text[at + index])
