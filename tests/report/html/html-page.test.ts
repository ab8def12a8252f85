// The page in a real Chromium: it opens from a file, steps with keyboard and mouse, and shows the marked mismatch of real
// findings, in light and dark.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { buildBug, findBug } from '../../../src/campaign/bugs/bug-bank.js';
import { seedFile } from '../../../src/campaign/bugs/bug-definition.js';
import { readCrashFolder } from '../../../src/campaign/crashes/crash-folder.js';
import { writeCrash } from '../../../src/campaign/crashes/crash-store.js';
import { PLOT_FILE, PLOT_HEADER, plotLine } from '../../../src/campaign/crashes/plot-data.js';
import { findTarget, loadHarness } from '../../../src/campaign/harness.js';
import { htmlReport } from '../../../src/report/html/html-report.js';
import { canaryFinding, plotRow, reportOf, writeSampleFolder } from '../sample-folder.js';
import { launch, openFile, outputFolder, withoutChromium, writePage } from './browser.js';
import { traced } from './traced.js';

const UNTRUSTED_READ = '#split_ring_fuzzer/untrusted-read.split-queue-detach.field-desc-flags';

/** Runs the seed of a planted bug in the bug's build and stores its finding. */
function storeFindingOf(id: string, directory: string): void {
  const bug = findBug(id, []);
  const harness = loadHarness(buildBug(bug));
  const bytes = Uint8Array.from(readFileSync(seedFile(bug)));
  const { verdict, trace } = harness.executeTraced(findTarget(harness.targets, bug.target), bytes);
  assert.ok(verdict.kind === 'finding');
  writeCrash({ directory, target: bug.target, bytes, finding: verdict.finding, trace, seed: 1, bug: id });
}

function page(crashes: string): string {
  return htmlReport(readCrashFolder(crashes), { report: reportOf(crashes) });
}

async function stepShown(shown: Page): Promise<string> {
  return (await shown.textContent('.tools .where')) ?? '';
}

describe('the HTML report in Chromium', { skip: withoutChromium() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vringfuzz-page-'));
  const crashes = join(folder, 'crashes');
  let browser: Browser;
  let file = '';

  before(async () => {
    for (const id of ['V04', 'used-id-truncated']) storeFindingOf(id, crashes);
    const rows = Array.from({ length: 50 }, (_, k) =>
      plotRow(10 * k, { edges_found: 10 * k, execs_per_sec: 1000 + k }),
    );
    writeFileSync(join(crashes, 'split_ring_fuzzer', PLOT_FILE), PLOT_HEADER + rows.map(plotLine).join(''));
    file = writePage(folder, 'report.html', page(crashes));
    browser = await launch();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('opens from a file, without an error or a request', async () => {
    const { page: shown, complaints } = await openFile(browser, file);
    assert.equal(await shown.title(), 'vringfuzz report');
    assert.equal(await shown.locator('#findings').textContent(), 'Findings (2)');
    assert.equal(await shown.locator('.chart-grid canvas').count(), 4);
    assert.equal(await shown.locator('.explorer:visible').count(), 1);
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('shows the field, the mapping and the values that disagree', async () => {
    const { page: shown, complaints } = await openFile(browser, file, UNTRUSTED_READ);
    assert.equal(await stepShown(shown), 'step 6 of 6');
    const violated = shown.locator('.ring-tables .cell.violated');
    assert.equal(await violated.count(), 1);
    assert.equal(await violated.getAttribute('data-field'), 'desc[2].flags');
    assert.match((await violated.getAttribute('class')) ?? '', /\bby-device\b/);
    assert.ok((await shown.locator('.comparison .differs').count()) > 0);
    assert.match((await shown.textContent('.words .violation')) ?? '', /^This breaks the claim/);

    await shown.click('.rows .open:has-text("early-unmap")');
    assert.equal(await shown.textContent('#explorer'), 'early-unmap');
    assert.match((await shown.textContent('.mappings .violated .state')) ?? '', /^live ◀ violated$/);
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('steps with the keyboard', async () => {
    const { page: shown, complaints } = await openFile(browser, file, UNTRUSTED_READ);
    const press = async (key: string): Promise<string> => {
      await shown.keyboard.press(key);
      return stepShown(shown);
    };
    assert.equal(await press('ArrowLeft'), 'step 5 of 6');
    assert.equal(
      await shown.locator('.cell.violated').filter({ visible: true }).and(shown.locator('[data-field]')).count(),
      0,
    );
    assert.match(
      (await shown.textContent('[data-field="used.idx"]')) ?? '',
      /written by the device in step 5; changed in this step/,
    );
    await shown.focus('.explorer');
    assert.equal(await press('Home'), 'step 0 of 6');
    assert.equal(await press('ArrowLeft'), 'step 0 of 6');
    assert.equal(await press('ArrowRight'), 'step 1 of 6');
    assert.equal(await shown.getAttribute('.words', 'aria-live'), 'polite');
    assert.match((await shown.textContent('.words .where')) ?? '', /^Step 1: client adds/);
    assert.equal(await press('End'), 'step 6 of 6');
    assert.equal(await press('ArrowUp'), 'step 6 of 6');
    assert.match((await shown.textContent('.event[aria-current]')) ?? '', /driver reads desc\[2\]\.flags/);
    assert.equal(await press('ArrowDown'), 'step 6 of 6');
    assert.match((await shown.textContent('.event[aria-current]')) ?? '', /untrusted-read/);
    await press('Home');
    assert.equal(await press('v'), 'step 6 of 6');
    assert.match(shown.url(), /field-desc-flags@6$/);
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('steps with the mouse', async () => {
    const { page: shown, complaints } = await openFile(browser, file, UNTRUSTED_READ);
    await shown.click('button[aria-label^="One step back"]');
    assert.equal(await stepShown(shown), 'step 5 of 6');
    await shown.click('button[aria-label^="First step"]');
    assert.equal(await stepShown(shown), 'step 0 of 6');
    await shown.click('.step:has-text("rewrites desc.flags")');
    assert.equal(await stepShown(shown), 'step 4 of 6');
    assert.match((await shown.getAttribute('[data-field="desc[2].flags"]', 'class')) ?? '', /\bby-device changed\b/);
    await shown.click('.step:has-text("client adds [in 24]")');
    await shown.click('.event:has-text("map 24 bytes")');
    assert.equal(await shown.locator('.mappings tbody tr').count(), 4);
    assert.equal(await shown.textContent('[data-field="desc[3].addr"] .value'), '0x0');
    await shown.click('text=To the violation');
    assert.equal(await stepShown(shown), 'step 6 of 6');
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('sorts the table, with what is sorted by said', async () => {
    const { page: shown } = await openFile(browser, file);
    const first = (): Promise<string | null> => shown.locator('section:has(#findings) tbody tr').first().textContent();
    const head = shown.locator('section:has(#findings) th', { hasText: 'oracle' });
    await head.locator('button').click();
    assert.deepEqual(
      [await head.getAttribute('aria-sort'), (await first())?.startsWith('early-unmap')],
      ['ascending', true],
    );
    await head.locator('button').press('Enter');
    assert.deepEqual(
      [await head.getAttribute('aria-sort'), (await first())?.startsWith('untrusted-read')],
      ['descending', true],
    );
    await shown.context().close();
  });

  test('zooms all charts together, by button and by dragging', async () => {
    const { page: shown, complaints } = await openFile(browser, file);
    const ink = (): Promise<string[]> =>
      shown.evaluate("[...document.querySelectorAll('.chart-grid canvas')].map((canvas) => canvas.toDataURL())");
    const whole = await ink();
    await shown.click('button[aria-label="Zoom in"]');
    await shown.waitForTimeout(50);
    const zoomed = await ink();
    // The charts whose values change over the shown time look different.
    assert.ok(zoomed.filter((each, k) => each !== whole[k]).length >= 2);
    await shown.click('button[aria-label="Show all of the time"]');
    await shown.waitForTimeout(50);
    assert.deepEqual(await ink(), whole);
    const box = await shown.locator('.u-over').first().boundingBox();
    assert.ok(box);
    await shown.mouse.move(box.x + 60, box.y + 40);
    await shown.mouse.down();
    await shown.mouse.move(box.x + 160, box.y + 40, { steps: 4 });
    await shown.mouse.up();
    await shown.waitForTimeout(50);
    assert.notDeepEqual((await ink()).slice(0, 1), whole.slice(0, 1));
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('light, dark and the button between them; wide and narrow', async () => {
    const background = (shown: Page): Promise<string> =>
      shown.evaluate('getComputedStyle(document.body).backgroundColor');
    const seen = new Set<string>();
    for (const [colorScheme, width] of [
      ['light', 1400],
      ['dark', 1400],
      ['light', 800],
      ['dark', 800],
    ] as const) {
      const { page: shown, complaints } = await openFile(browser, file, UNTRUSTED_READ, {
        colorScheme,
        viewport: { width, height: 1000 },
      });
      seen.add(await background(shown));
      assert.ok(await shown.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), `${width} px wide`);
      await shown.screenshot({ path: join(outputFolder(), `explorer-${width}-${colorScheme}.png`), fullPage: true });
      const before = await background(shown);
      await shown.click('button.theme');
      assert.notEqual(await background(shown), before);
      assert.deepEqual(complaints, []);
      await shown.context().close();
    }
    assert.equal(seen.size, 2);
  });

  test('text that looks like markup stays text, and every state of a bucket is shown', async () => {
    const sample = writeSampleFolder(join(folder, 'sample'));
    const { page: shown, complaints } = await openFile(browser, writePage(folder, 'sample.html', page(sample)));
    for (const row of await shown.locator('section:has(#findings) .open').all()) await row.click();
    for (const word of ['new', 'known', 'fixed', 'flaky', 'new, expired']) {
      assert.ok((await shown.locator(`.rows .status:text-is("${word}")`).count()) > 0, word);
    }
    assert.equal(await shown.locator('main script, main img').count(), 0);
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('an old sidecar shows its texts and says how to get the grid', async () => {
    const old = join(folder, 'old');
    const { bytes, finding, trace } = canaryFinding();
    const { sidecar } = writeCrash({ directory: old, target: 'canary', bytes, finding, trace, seed: null, bug: null });
    const document = JSON.parse(readFileSync(sidecar, 'utf8')) as object;
    const steps = trace.steps.map(({ number, title, events }) => ({
      number,
      title,
      events: events.map(({ kind, text }) => ({ kind, text })),
    }));
    writeFileSync(sidecar, JSON.stringify({ ...document, schema: 1, trace: { ...trace, steps } }));
    const { page: shown, complaints } = await openFile(browser, writePage(folder, 'old.html', page(old)));
    assert.match((await shown.textContent('.note')) ?? '', /schema 1.*npx vringfuzz minimise/);
    assert.equal(await shown.locator('.ring:visible').count(), 0);
    assert.ok((await shown.locator('.event').count()) > 3);
    await shown.keyboard.press('ArrowLeft');
    assert.equal(await stepShown(shown), `step ${finding.step - 1} of ${finding.step}`);
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });

  test('of a large ring the entries in use are shown, and all on demand', async () => {
    const large = join(folder, 'large');
    const records = Array.from({ length: 4 }, () => [['add'], ['complete'], ['get']] as const).flat();
    const { verdict, trace } = traced({ num: 256, backEnd: 'direct' }, records, 'canary');
    assert.ok(verdict.kind === 'finding');
    writeCrash({
      directory: large,
      target: 'canary',
      bytes: Uint8Array.of(1),
      finding: verdict.finding,
      trace,
      seed: null,
      bug: null,
    });
    const { page: shown } = await openFile(browser, writePage(folder, 'large.html', page(large)));
    const rows = shown.locator('.area.descriptors tbody tr');
    assert.ok((await rows.count()) < 10);
    await shown.click('text=All 256 entries');
    assert.equal(await rows.count(), 256);
    await shown.context().close();
  });

  test('an empty folder says so', async () => {
    const none = mkdtempSync(join(folder, 'none-'));
    const { page: shown, complaints } = await openFile(browser, writePage(folder, 'empty.html', page(none)));
    assert.match((await shown.textContent('section:has(#findings) .empty')) ?? '', /^No findings in /);
    assert.equal(await shown.locator('.explorer:visible').count(), 0);
    assert.deepEqual(complaints, []);
    await shown.context().close();
  });
});
