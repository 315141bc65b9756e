import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { chooseBridge } from './bridge/bridge.ts';
import { createStores, StoresProvider } from './stores/stores.tsx';
import './styles/index.css';

const stores = createStores(chooseBridge(), window);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <StoresProvider stores={stores}>
      <App />
    </StoresProvider>
  </StrictMode>,
);
