/** The public face of msgplay: what scenarios, reporters and other programs may stand on. */

export { BackendError, MsgplayError, ProtocolError, UsageError } from './core/errors.ts';
export type {
  Account,
  AnswerEvent,
  Basis,
  CheckEvent,
  ConnectionEvent,
  Ender,
  EventBody,
  EventOf,
  FrameEvent,
  Latency,
  MessageEvent,
  NoteEvent,
  Outcome,
  PeerEvent,
  Phase,
  QuestionEvent,
  RunEnd,
  RunStart,
  Side,
  Stage,
  Stats,
  StepEvent,
  TableEvent,
  Tally,
  Told,
  TraceEvent,
  Translations,
  Waiting,
} from './core/events.ts';
export { inLanguage } from './core/events.ts';
export type { Json } from './core/json.ts';
export { type Dictionary, type Language, type Phrase, say, type Text } from './core/language.ts';
export type { Service } from './core/services.ts';
export { type Statement, type StatementCode, worded } from './core/statements/index.ts';
export { count, range } from './core/text/numbers.ts';
export type { Clock } from './core/time/clock.ts';
export { inTurn } from './core/time/in-turn.ts';
export { readRun } from './core/trace/saved-run.ts';
export type { RunResult } from './lab/plan.ts';
export { type RunOptions, runScenario } from './lab/run-scenario.ts';
export type { Explanation, Guide } from './lab/scenario/guide.ts';
export { loadScenario } from './lab/scenario/load-scenario.ts';
export type {
  ChoiceOption,
  FlagOption,
  NumberOption,
  OptionSpec,
  OptionSpecs,
  OptionValue,
  OptionValues,
  TextOption,
} from './lab/scenario/options.ts';
export {
  type Column,
  defineScenario,
  type Lab,
  type Prediction,
  type Scenario,
  type Table,
  type Translation,
} from './lab/scenario/scenario.ts';
export type { StompConfig } from './lab/stomp-config.ts';
export type { Endable } from './lab/using.ts';
export type { Accept, Answer, WebServer } from './lab/web-server.ts';
export { openTaps, type TapOptions, type Taps } from './lab/wire/taps.ts';
export type { FrameDetail, Layer, Look, Report, Reporter } from './reporters/reporter.ts';
export { embedServers, startServers } from './servers/embedded.ts';
export type { PortlessServer, RunningServer, ServerOptions } from './servers/server.ts';
export type { Traffic } from './tap/tap.ts';
