/** Shows the topology where the panel is: in its editor panel if there is one, else in the side bar. */
import { commands } from 'vscode';
import { panelViewId } from '../panel/panelView';
import type { Services } from '../services';

export async function openTopology(services: Services): Promise<void> {
  await showPanel(services);
  services.panel.showTopology();
}

/** Brings the panel into view, wherever the person keeps it. */
export async function showPanel({ panelEditors }: Services): Promise<void> {
  if (panelEditors.open) panelEditors.show();
  else await commands.executeCommand(`${panelViewId}.focus`, { preserveFocus: true });
}
