/** Looks once at a place and prints the endpoints that it saw, or the error. */
import { listListeners } from '../../dist/index.js';

const [place] = process.argv.slice(2);
try {
  const { listeners, source } = await listListeners({ in: place });
  const endpoints = listeners.map(({ address, port }) => `${address} ${port}`);
  console.log(`${place} ${source} ${endpoints.join(', ')}`);
} catch (error) {
  console.log(`${error.code} ${error.message}`);
}
