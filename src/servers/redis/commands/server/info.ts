/** INFO: what a server tells about itself, in sections. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';

type Lines = Record<string, string | number>;

function human(bytes: number): string {
  const units: [string, number][] = [
    ['G', 1024 ** 3],
    ['M', 1024 ** 2],
    ['K', 1024],
  ];
  for (const [unit, size] of units) if (bytes >= size) return `${(bytes / size).toFixed(2)}${unit}`;
  return `${bytes}B`;
}

/** What the process takes is read as often as Redis reads it, ten times a second: asking the system is slow. */
const SAMPLE_MS = 100;
let sampled = { at: Number.NEGATIVE_INFINITY, bytes: 0 };

function residentBytes(): number {
  const now = performance.now();
  if (now - sampled.at > SAMPLE_MS) sampled = { at: now, bytes: process.memoryUsage.rss() };
  return sampled.bytes;
}

const SECTIONS: Record<string, (server: Server) => Lines> = {
  server: (server) => {
    const uptime = Math.max(0, Math.floor((server.keyspace.now - server.startedAt) / 1000));
    return {
      redis_version: server.release.redisNumber,
      ...(server.release.product === 'valkey' && {
        server_name: 'valkey',
        valkey_version: server.release.number,
        valkey_release_stage: 'ga',
      }),
      redis_git_sha1: '00000000',
      redis_git_dirty: 0,
      redis_build_id: 'msgplay',
      redis_mode: 'standalone',
      os: `${process.platform} ${process.arch}`,
      arch_bits: 64,
      monotonic_clock: 'performance.now',
      multiplexing_api: 'node',
      atomicvar_api: 'node',
      gcc_version: '0.0.0',
      process_id: process.pid,
      process_supervised: 'no',
      run_id: server.runId,
      tcp_port: server.settings.port,
      server_time_usec: Math.floor(server.keyspace.now * 1000),
      uptime_in_seconds: uptime,
      uptime_in_days: Math.floor(uptime / 86_400),
      hz: 10,
      configured_hz: 10,
      lru_clock: Math.floor(server.keyspace.now / 1000) & 0xffffff,
      executable: 'msgplay',
      config_file: '',
      io_threads_active: 0,
    };
  },
  clients: (server) => ({
    connected_clients: server.clients.sessions.size,
    cluster_connections: 0,
    maxclients: server.settings.maxclients,
    client_recent_max_input_buffer: 0,
    client_recent_max_output_buffer: 0,
    blocked_clients: server.keyspace.blocking.count,
    tracking_clients: 0,
    clients_in_timeout_table: 0,
  }),
  memory: (server) => ({
    used_memory: server.keyspace.usedMemory,
    used_memory_human: human(server.keyspace.usedMemory),
    used_memory_rss: residentBytes(),
    used_memory_rss_human: human(residentBytes()),
    used_memory_dataset: server.keyspace.memory,
    maxmemory: server.settings.maxmemory,
    maxmemory_human: human(server.settings.maxmemory),
    maxmemory_policy: server.settings.maxmemoryPolicy,
    mem_fragmentation_ratio: '1.00',
    mem_allocator: 'v8',
    active_defrag_running: 0,
    lazyfree_pending_objects: 0,
    lazyfreed_objects: 0,
  }),
  persistence: (server) => ({
    loading: 0,
    async_loading: 0,
    rdb_changes_since_last_save: server.keyspace.dirty,
    rdb_bgsave_in_progress: 0,
    rdb_last_save_time: Math.floor(server.startedAt / 1000),
    rdb_last_bgsave_status: 'ok',
    aof_enabled: 0,
    aof_rewrite_in_progress: 0,
    aof_last_write_status: 'ok',
  }),
  stats: ({ stats, keyspace, clients }) => ({
    total_connections_received: clients.stats.connections,
    total_commands_processed: stats.commands,
    instantaneous_ops_per_sec: 0,
    total_net_input_bytes: clients.stats.inputBytes,
    total_net_output_bytes: clients.stats.outputBytes,
    rejected_connections: clients.stats.rejectedConnections,
    expired_keys: keyspace.stats.expired,
    evicted_keys: keyspace.stats.evicted,
    evicted_clients: clients.stats.evictedClients,
    keyspace_hits: keyspace.stats.hits,
    keyspace_misses: keyspace.stats.misses,
    pubsub_channels: clients.channels.channels.size,
    pubsub_patterns: clients.channels.patterns.size,
    pubsubshard_channels: clients.channels.shards.size,
    total_error_replies: stats.errorReplies,
  }),
  replication: () => ({
    role: 'master',
    connected_slaves: 0,
    master_failover_state: 'no-failover',
    master_repl_offset: 0,
    second_repl_offset: -1,
    repl_backlog_active: 0,
  }),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { used_cpu_sys: (system / 1e6).toFixed(6), used_cpu_user: (user / 1e6).toFixed(6) };
  },
  modules: () => ({}),
  commandstats: ({ stats }) => {
    const lines: Lines = {};
    for (const [{ name }, { calls, microseconds, rejected, failed }] of stats.calls) {
      const average = calls === 0 ? 0 : microseconds / calls;
      lines[`cmdstat_${name}`] =
        `calls=${calls},usec=${microseconds},usec_per_call=${average.toFixed(2)},rejected_calls=${rejected},failed_calls=${failed}`;
    }
    return lines;
  },
  errorstats: ({ stats }) => {
    const lines: Lines = {};
    for (const [code, count] of stats.errors) lines[`errorstat_${code}`] = `count=${count}`;
    return lines;
  },
  cluster: () => ({ cluster_enabled: 0 }),
  keyspace: (server) => {
    const lines: Lines = {};
    for (const db of server.keyspace.databases) {
      if (db.size === 0) continue;
      const parts = server.traits.fieldExpiry ? `,subexpiry=${db.partlyExpiring}` : '';
      lines[`db${db.index}`] = `keys=${db.size},expires=${db.expiring},avg_ttl=0${parts}`;
    }
    return lines;
  },
};

const ON_DEMAND = new Set(['commandstats']);

export function info(s: Session, a: Args<-1>, server: Server): void {
  const wanted = new Set<string>();
  const names = a.length === 1 ? ['default'] : a.slice(1).map((name) => name.toLowerCase());
  for (const name of names) {
    if (name === 'default') for (const section in SECTIONS) if (!ON_DEMAND.has(section)) wanted.add(section);
    if (name === 'all' || name === 'everything') for (const section in SECTIONS) wanted.add(section);
    if (name in SECTIONS) wanted.add(name);
  }
  const parts: string[] = [];
  for (const [name, lines] of Object.entries(SECTIONS)) {
    if (!wanted.has(name)) continue;
    const text = Object.entries(lines(server)).map(([key, value]) => `${key}:${value}\r\n`);
    parts.push(`# ${name.charAt(0).toUpperCase()}${name.slice(1)}\r\n${text.join('')}`);
  }
  s.out.verbatim('txt', Buffer.from(parts.join('\r\n'), 'latin1'));
}
