import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Button, Form } from 'react-aria-components'
import { ApiError, post } from '../api/client.ts'
import { useLoginInfo } from '../api/queries.ts'
import type { LoginInfo } from '../api/shapes.ts'
import { Copy } from '../parts/copy.tsx'
import { Field } from '../parts/field.tsx'
import { t } from '../texts/index.ts'

interface LoginProps {
  /** The token of a reader's link, from behind `#`. */
  readonly link: string | undefined
  readonly hadSession: boolean
  readonly onEnter: () => void
}

/** Asks for a token, or takes the one of a link out of the address and posts it once. */
export function Login({ link, hadSession, onEnter }: LoginProps) {
  const { data } = useLoginInfo(true)
  const entering = useEnter(onEnter)
  const isLinkDead = useLink(link, entering)
  return (
    <main className="login">
      <h1>{t.login.title}</h1>
      {hadSession && <p className="notice amber">{t.login.ended}</p>}
      {isLinkDead && <p className="notice red">{t.login.linkEnded}</p>}
      {data !== undefined && !data.canLogIn ? <Remedies info={data} /> : <TokenForm entering={entering} />}
    </main>
  )
}

/** Posts the token of a link once; says whether it was refused. */
function useLink(link: string | undefined, { enter, error }: Entering): boolean {
  const isPosted = useRef(false)
  useEffect(() => {
    if (link === undefined || isPosted.current) return
    isPosted.current = true
    history.replaceState(history.state, '', `${location.pathname}${location.search}`)
    void enter(decodeURIComponent(link))
  }, [link, enter])
  return link !== undefined && error !== undefined
}

function TokenForm({ entering: { enter, error, isRunning } }: { readonly entering: Entering }) {
  const [token, setToken] = useState('')
  return (
    <Form
      className="stack panel"
      onSubmit={(event) => {
        event.preventDefault()
        void enter(token)
      }}
    >
      <Field
        label={t.login.token}
        type="password"
        autoComplete="current-password"
        value={token}
        onChange={setToken}
        hint={t.login.hint}
        error={error}
      />
      <Button className="button main-act" type="submit" isDisabled={token === '' || isRunning}>
        {t.login.go}
      </Button>
    </Form>
  )
}

interface Entering {
  readonly enter: (token: string) => Promise<void>
  readonly error: string | undefined
  readonly isRunning: boolean
}

function useEnter(onEnter: () => void): Entering {
  const queries = useQueryClient()
  const [error, setError] = useState<string>()
  const [isRunning, setIsRunning] = useState(false)
  const enter = async (token: string): Promise<void> => {
    setIsRunning(true)
    setError(undefined)
    try {
      await post('/login', { token })
      await queries.resetQueries()
      onEnter()
    } catch (thrown) {
      setError(wordsOf(thrown))
    } finally {
      setIsRunning(false)
    }
  }
  return { enter, error, isRunning }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error)
  if (error.status === 401) return t.login.wrong
  if (error.status === 429) return t.login.tooMany(error.retryAfterS ?? 60)
  return error.message
}

/** Why nobody can log in here, and what to do. */
function Remedies({ info: { why, remedies } }: { readonly info: LoginInfo }) {
  return (
    <div className="stack">
      <p className="notice amber">▲ {why === 'no_admin_token' ? t.login.noToken : t.login.plainHttp}</p>
      <h2>{t.login.what}</h2>
      <ul className="list">
        {remedies.map(({ code, text, command }) => (
          <li key={code} className="stack">
            <p>{text}</p>
            {command !== undefined && (
              <div className="row">
                <pre className="grow">{command}</pre>
                <Copy text={command} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
