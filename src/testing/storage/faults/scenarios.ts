/**
 * Every transition of every store.
 */
import { clientModel } from "../model/ClientModel.ts"
import { flowModel } from "../model/FlowCommands.ts"
import { grantModel } from "../model/GrantCommands.ts"
import { keyModel } from "../model/KeyModel.ts"
import { sessionModel } from "../model/SessionCommands.ts"
import { hour, minute } from "../Stage.ts"
import { faultLaws } from "./laws.ts"

const authorize = { _tag: "Authorize", grant: 0, code: true, family: false, accessToken: 0 } as const
const authorizeAll = { ...authorize, family: true } as const
const redeem = { _tag: "RedeemCode", code: 0, family: true, accessToken: 1 } as const
const rotate = {
  _tag: "Rotate",
  family: 0,
  generation: 0,
  accessToken: 2,
  otherScope: false,
  retries: 2
} as const

export const grantFaults = faultLaws("GrantStore", "grants", grantModel, [
  { name: "authorizing", before: [], transition: authorizeAll },
  {
    name: "authorizing with a token that is taken",
    before: [{ ...authorize, grant: 1 }],
    transition: authorizeAll
  },
  { name: "redeeming a code", before: [authorize], transition: redeem },
  {
    name: "redeeming it with a token that is taken",
    before: [authorize],
    transition: { ...redeem, accessToken: 0 }
  },
  { name: "redeeming it with a family that is taken", before: [authorizeAll], transition: redeem },
  { name: "replaying a code", before: [authorize, redeem], transition: { ...redeem, accessToken: 3 } },
  { name: "rotating a family", before: [authorizeAll], transition: rotate },
  {
    name: "rotating it with a token that is taken",
    before: [authorizeAll],
    transition: { ...rotate, accessToken: 0 }
  },
  { name: "retrying a rotation", before: [authorizeAll, rotate], transition: { ...rotate, accessToken: 3 } },
  {
    name: "retrying it with a token that is taken",
    before: [authorizeAll, rotate],
    transition: { ...rotate, accessToken: 2 }
  },
  {
    name: "reusing a token",
    before: [authorizeAll, rotate],
    transition: { ...rotate, accessToken: 3 },
    after: minute
  },
  {
    name: "revoking an access token",
    before: [authorizeAll],
    transition: { _tag: "RevokeAccessToken", accessToken: 0 }
  },
  { name: "revoking a family", before: [authorizeAll], transition: { _tag: "RevokeFamily", family: 0 } },
  { name: "revoking a grant", before: [authorizeAll], transition: { _tag: "RevokeGrant", grant: 0 } }
])

const flow = { kind: "interaction", key: 0 } as const
const create = { _tag: "Create", ...flow, value: "a", minutes: 1, due: 0 } as const

export const flowFaults = faultLaws("FlowStore", "flows", flowModel, [
  { name: "creating a flow", before: [], transition: create },
  {
    name: "creating it where one has expired",
    before: [create],
    transition: { ...create, value: "b" },
    after: hour
  },
  {
    name: "replacing a flow",
    before: [create],
    transition: { _tag: "Replace", ...flow, from: "a", to: "b" }
  },
  { name: "consuming a flow", before: [create], transition: { _tag: "Consume", ...flow } }
])

const start = { _tag: "Start", session: "session 0", subject: "alice", minutes: 10 } as const
const remember = { _tag: "Remember", subject: "alice", client: "client 0", scope: "read" } as const

export const sessionFaults = faultLaws("SessionStore", "sessions and consents", sessionModel, [
  { name: "starting a session", before: [], transition: start },
  { name: "ending a session", before: [start], transition: { _tag: "End", session: "session 0" } },
  {
    name: "ending all sessions",
    before: [start, { ...start, session: "session 1" }],
    transition: { _tag: "EndAll", subject: "alice" }
  },
  { name: "remembering a consent", before: [], transition: remember },
  {
    name: "remembering another in its place",
    before: [remember],
    transition: { ...remember, scope: "write" }
  },
  {
    name: "forgetting a consent",
    before: [remember],
    transition: { _tag: "Forget", subject: "alice", client: "client 0" }
  }
])

const add = { _tag: "Add", algorithm: "ES256", after: -1, minutes: 10 } as const

export const keyFaults = faultLaws("KeyStore", "signing keys", keyModel, [
  { name: "adding a first key", before: [], transition: add },
  { name: "adding a successor", before: [add], transition: { ...add, after: 0 } },
  { name: "adding one where one has expired", before: [add], transition: add, after: hour }
])

const put = { _tag: "Put", name: "client 0", clientName: "One" } as const

export const clientFaults = faultLaws("ClientStore", "clients", clientModel, [
  { name: "putting a client", before: [], transition: put },
  { name: "putting it in the place of another", before: [put], transition: { ...put, clientName: "Two" } },
  { name: "removing a client", before: [put], transition: { _tag: "Remove", name: "client 0" } }
])
