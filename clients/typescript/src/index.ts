/// <reference lib="esnext.disposable" preserve="true" />

/** For tests: a client of the simulator, typed by its admin API; `pass-simulator/playwright` and `/vitest` have fixtures. */

export type { AppConduct, Conduct, Finding } from "./client/conduct.js";
export type { Armed, Coverage, CoverageAxis, CoverageCell } from "./client/coverage.js";
export {
  Applications,
  Collection,
  Faults,
  KnownDevices,
  StoredProfiles,
} from "./client/entities.js";
export type {
  CollectionName,
  Entity,
  EntityChanges,
  EntityFilters,
  EntityInput,
  FaultAction,
  FaultOptions,
} from "./client/entities.js";
export { Journal } from "./client/journal.js";
export type { AwaitedKind, Expected, Match, Wanted } from "./client/journal.js";
export { Clock, Settings, Snapshots, Tokens } from "./client/resources.js";
export type {
  PartnerStatusOptions,
  SamlResponseOptions,
  SsoTokenOptions,
} from "./client/resources.js";
export type {
  AccessToken,
  Check,
  Cleared,
  ClockReading,
  JournalEntry,
  Lease,
  MediaTokenCheck,
  Operation,
  SandboxState,
  Scenario,
  Seeded,
  Session,
  Snapshot,
  Verification,
  Waited,
} from "./client/results.js";
export { Sandbox } from "./client/sandbox.js";
export type {
  ConductOptions,
  CoverageOptions,
  DeviceOptions,
  Keep,
  ResetOptions,
  ScenarioDocument,
  ScenarioSource,
  TokenOptions,
} from "./client/sandbox.js";
export { Codes, Sessions } from "./client/sessions.js";
export type { ApproveOptions, SessionFilters } from "./client/sessions.js";
export { Simulator } from "./client/simulator.js";
export type { SandboxOptions, SimulatorOptions } from "./client/simulator.js";
export type { Binding } from "./connection.js";
export { Device } from "./device/device.js";
export type {
  LoginOptions,
  LogoutOptions,
  PartnerOptions,
  RequestOptions,
  SsoHeaders,
} from "./device/device.js";
export { PLATFORMS } from "./device/headers.js";
export type { Platform } from "./device/headers.js";
export type {
  Configuration,
  Decision,
  Landing,
  LoginDetails,
  LoginStep,
  Logout,
  Profile,
  Provider,
} from "./device/results.js";
export {
  AdminError,
  DeviceError,
  LoginFailed,
  NoResponse,
  SimulatorError,
  UnexpectedResponse,
  UnusableCoverage,
  VerificationError,
} from "./errors.js";
export type { NearEntry } from "./errors.js";
export type { Schemas } from "./admin-schemas.js";
export { startSimulator } from "./server.js";
export type { StartOptions } from "./server.js";
export type { Instant, Length, Span } from "./times.js";
export { Response } from "./transport.js";
export type { Json, JsonValue, Result } from "./values.js";
export { VERSION } from "./version.js";
