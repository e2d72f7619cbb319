namespace Variants.Reports.Pages.Site;

/// <summary>
/// <c>steps.js</c>: steps through the diagrams of a page, by buttons or keys, and shows after each row how the words
/// stand, who holds which locks, and what the row changed. A page tells the same story without it.
/// </summary>
internal static class Script
{
    public static string Text { get; } = """
        'use strict';
        const groups = [
          ['Page tables', word => word.includes('.pte[')],
          ['Swap map', word => word.startsWith('swap_map[')],
          ['Pages and the rest', () => true],
        ];

        const make = (tag, className, text) => {
          const made = document.createElement(tag);
          if (className) made.className = className;
          if (text !== undefined) made.textContent = text;
          return made;
        };

        for (const figure of document.querySelectorAll('figure.steps')) {
          const rows = [...figure.querySelectorAll('tbody tr')];
          const lanes = [...figure.querySelectorAll('thead th')].map(head => head.textContent);
          const read = (element, name) => JSON.parse(element.dataset[name] ?? 'null');

          // What stands where after each row; the first is how it all begins.
          const states = [{ words: read(figure, 'state'), held: read(figure, 'held') }];
          for (const row of rows) {
            const before = states.at(-1);
            states.push({ words: { ...before.words, ...read(row, 'changes') }, held: read(row, 'held') ?? before.held });
          }

          let at = -1;
          const last = rows.length - 1;
          const lane = i => rows[i]?.dataset.lane;
          const isMarked = i => rows[i].querySelector('.marked') !== null;
          const find = (from, step, fits) => {
            let to = from + step;
            while (to >= 0 && to <= last && !fits(to)) to += step;
            return to;
          };
          // Remarks across all lanes belong to no CPU.
          const cpuOf = i => i < 0 ? undefined : lane(i) ?? cpuOf(i - 1);
          const isOther = i => lane(i) !== undefined && lane(i) !== cpuOf(at);
          const nextCpu = () => {
            const to = find(at, 1, isOther);
            return to <= last ? to : at;
          };
          const previousCpu = () => {
            const to = find(at, -1, isOther);
            return to >= 0 ? to : at;
          };
          const nextMarked = () => {
            const to = find(at, 1, isMarked);
            return to <= last ? to : find(-1, 1, isMarked);
          };

          const panel = make('div', 'panel');
          const bar = make('div', 'bar');
          bar.setAttribute('role', 'group');
          bar.setAttribute('aria-label', 'Step through the diagram');
          const state = make('div', 'state');
          const said = make('p', 'said');
          const spoken = make('p', 'spoken');
          spoken.setAttribute('aria-live', 'polite');

          const list = (title, entries, before, after) => {
            const section = make('section');
            section.append(make('h3', '', title));
            const items = make('ul');
            for (const name of entries) {
              const item = make('li');
              item.append(name, ' ', make('b', '', after[name] ?? 'none'));
              if (before[name] !== after[name]) {
                item.className = 'changed';
                item.append(' ', make('span', 'was', `was ${before[name] ?? 'none'}`));
              }
              items.append(item);
            }
            if (entries.length === 0) items.append(make('li', '', 'none'));
            section.append(items);
            state.append(section);
            return entries.filter(name => before[name] !== after[name]).map(name => `${name} ${after[name] ?? 'none'}, was ${before[name] ?? 'none'}`);
          };

          const show = to => {
            at = Math.max(-1, Math.min(last, to));
            rows.forEach((row, i) => {
              row.classList.toggle('now', i === at);
              row.classList.toggle('later', at >= 0 && i > at);
              if (i === at) row.setAttribute('aria-current', 'step');
              else row.removeAttribute('aria-current');
            });
            const now = states[at + 1];
            const before = at < 0 ? now : states[at];
            state.replaceChildren();
            let left = Object.keys(now.words);
            const changes = [];
            for (const [title, belongs] of groups) {
              const words = left.filter(belongs);
              left = left.filter(word => !belongs(word));
              if (words.length > 0) changes.push(...list(title, words, before.words, now.words));
            }
            const holders = [...new Set([...Object.keys(before.held), ...Object.keys(now.held)])].sort();
            changes.push(...list('Locks held by', holders, before.held, now.held));
            const place = at < 0 ? `Before the first of ${rows.length} rows` : `Row ${at + 1} of ${rows.length}`;
            said.textContent = place;
            if (at >= 0) {
              const who = lane(at) === undefined ? '' : `${lanes[lane(at)]}: `;
              spoken.textContent = `${place}. ${who}${rows[at].textContent.trim()}${isMarked(at) ? ' conflicts' : ''}. ${changes.join('; ')}`;
              // The panel lies over the lowest rows.
              rows[at].style.scrollMarginBottom = `${panel.offsetHeight}px`;
              rows[at].scrollIntoView({ block: 'nearest' });
            }
            back.setAttribute('aria-disabled', at < 0);
            on.setAttribute('aria-disabled', at === last);
            cpu.setAttribute('aria-disabled', nextCpu() === at);
          };

          // A button that was really disabled would lose the focus, and with it the keys.
          const button = (text, key, go) => {
            const made = make('button', '', text);
            made.type = 'button';
            made.setAttribute('aria-keyshortcuts', key);
            made.title = `key ${key}`;
            made.addEventListener('click', go);
            bar.append(made);
            return made;
          };
          const back = button('\u2190 previous', 'k', () => show(at - 1));
          const on = button('next \u2192', 'j', () => show(at + 1));
          const cpu = button('next change of CPU', 'n', () => show(nextCpu()));
          if (rows.some((_, i) => isMarked(i))) button('conflict', 'm', () => show(nextMarked()));
          const keys = {
            ArrowLeft: () => at - 1, k: () => at - 1, ArrowRight: () => at + 1, j: () => at + 1,
            n: nextCpu, p: previousCpu, m: nextMarked, Home: () => 0, End: () => last, Escape: () => -1,
          };
          figure.addEventListener('keydown', event => {
            if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
            event.preventDefault();
            show(keys[event.key]());
          });
          rows.forEach((row, i) => row.addEventListener('click', () => show(i)));

          bar.append(said, make('p', 'hint', 'Keys: \u2190 \u2192 or k j, n and p to the next and previous change of CPU, m to the conflict, Home, End, Esc'));
          panel.append(bar, state, spoken);
          figure.append(panel);
          show(-1);
        }

        """.ReplaceLineEndings("\n");
}
