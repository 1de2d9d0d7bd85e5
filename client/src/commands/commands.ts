/** All commands of the extension: one line each. The table in `protocol/commands.ts` says where they are offered. */
import { commands, type Disposable } from 'vscode';
import type { CommandId } from '../../../server/src/protocol/commands';
import type { Services } from '../services';
import { openTopology } from './openTopology';
import { openTopologyToSide } from './openTopologyToSide';
import { restartServer } from './restartServer';
import { showChanges } from './showChanges';
import { showConnectivity } from './showConnectivity';
import { showContext } from './showContext';
import { showLog } from './showLog';
import { traceFromHere } from './traceFromHere';
import { traceToHere } from './traceToHere';

/** Whoever runs a command may pass anything: arguments are checked by the command. */
export type Command = (services: Services, argument: unknown) => Promise<void> | void;

const all: Readonly<Record<CommandId, Command>> = {
  'packetpath.traceFromHere': traceFromHere,
  'packetpath.traceToHere': traceToHere,
  'packetpath.openTopology': openTopology,
  'packetpath.openTopologyToSide': openTopologyToSide,
  'packetpath.showConnectivity': showConnectivity,
  'packetpath.showChanges': showChanges,
  'packetpath.showContext': showContext,
  'packetpath.restartServer': restartServer,
  'packetpath.showLog': showLog,
};

/** Registers them all. */
export function registerCommands(services: Services): Disposable[] {
  return Object.entries(all).map(([id, command]) => commands.registerCommand(id, (argument: unknown) => command(services, argument)));
}
