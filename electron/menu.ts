/** The application menu. Every entry is also reachable in the window itself. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { PathChoice } from './dialogs.ts';

export interface MenuActions {
  readonly importPaths: (what: PathChoice) => void;
  readonly openSample: () => void;
  readonly about: () => void;
}

/** Sets the menu of the application. */
export function setMenu(actions: MenuActions): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  // The developer tools could run anything in the page: not in the hands of customers' support desks.
  if (!app.isPackaged) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      id: 'file',
      label: '&File',
      submenu: [
        {
          id: 'import-archives',
          label: 'Import &archives in a new case…',
          accelerator: 'CmdOrCtrl+O',
          click: () => actions.importPaths('archives'),
        },
        {
          id: 'import-folder',
          label: 'Import a &folder in a new case…',
          accelerator: 'CmdOrCtrl+Shift+O',
          click: () => actions.importPaths('folder'),
        },
        { id: 'open-sample', label: 'Open the &sample case', click: actions.openSample },
        { type: 'separator' },
        { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    { label: '&View', submenu: view },
    { role: 'help', submenu: [{ id: 'about', label: '&About Coldcase', click: actions.about }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
