/** Where clients may send calls to that can set nothing but the path: unsigned ones, with a pass for a guest. */
export const PASS_PATHS = ['/pass/:pass', '/pass/:pass/']

const BEGINNING = '/pass/'

/** The pass in the path of a request. */
export function passInPath({ url }: Pick<Request, 'url'>): string | undefined {
  const { pathname } = new URL(url)
  if (!pathname.startsWith(BEGINNING)) return undefined
  const end = pathname.indexOf('/', BEGINNING.length)
  return pathname.slice(BEGINNING.length, end === -1 ? undefined : end)
}
