/** Traces to what stands at the cursor: asks where from, then shows the path. */
import { l10n } from 'vscode';
import type { Services } from '../services';
import { showPanel } from './openTopology';
import { pickEndpoint, placeAtCursor } from './place';

export async function traceToHere(services: Services): Promise<void> {
  const to = (await placeAtCursor(services)) ?? (await pickEndpoint(services, l10n.t('Trace to')));
  if (to === undefined) return;
  const from = await pickEndpoint(services, l10n.t('Trace to {0} from', to.label), { context: to.context, to: to.endpoint });
  if (from === undefined) return;
  await showPanel(services);
  await services.panel.showTrace(to.context, { from: from.endpoint, to: to.endpoint });
}
