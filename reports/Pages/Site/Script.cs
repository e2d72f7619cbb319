namespace Variants.Reports.Pages.Site;

/// <summary>
/// <c>steps.js</c>: steps through the diagrams of a page, by buttons or keys, and shows how the words stand after each
/// row. A page says the same without it.
/// </summary>
internal static class Script
{
    public static string Text { get; } = """
        'use strict';
        for (const figure of document.querySelectorAll('figure.steps')) {
          const rows = [...figure.querySelectorAll('tbody tr')];
          const first = JSON.parse(figure.dataset.state);
          const words = Object.keys(first);
          let at = -1;

          const bar = document.createElement('div');
          bar.className = 'bar';
          bar.setAttribute('role', 'toolbar');
          bar.setAttribute('aria-label', 'Step through the diagram');
          const button = (text, keys, go) => {
            const made = document.createElement('button');
            made.type = 'button';
            made.textContent = text;
            made.title = keys;
            made.addEventListener('click', go);
            bar.append(made);
            return made;
          };
          const state = document.createElement('table');
          state.className = 'state';
          const said = document.createElement('p');
          said.className = 'said';
          said.setAttribute('aria-live', 'polite');

          const lane = i => rows[i] ? rows[i].dataset.lane : undefined;
          const show = to => {
            at = Math.max(-1, Math.min(rows.length - 1, to));
            const now = { ...first };
            let changed = {};
            rows.forEach((row, i) => {
              row.classList.toggle('now', i === at);
              row.classList.toggle('later', at >= 0 && i > at);
              if (i <= at && row.dataset.changes) {
                changed = i === at ? JSON.parse(row.dataset.changes) : {};
                Object.assign(now, JSON.parse(row.dataset.changes));
              } else if (i === at) {
                changed = {};
              }
            });
            state.replaceChildren(...words.map(word => {
              const line = document.createElement('tr');
              const name = document.createElement('th');
              name.scope = 'row';
              name.textContent = word;
              const value = document.createElement('td');
              value.textContent = now[word];
              line.classList.toggle('changed', word in changed);
              line.append(name, value);
              return line;
            }));
            state.hidden = at < 0 || words.length === 0;
            said.textContent = at < 0 ? '' : `${at + 1} of ${rows.length}`;
            back.disabled = at < 0;
            on.disabled = other.disabled = at === rows.length - 1;
            if (at >= 0) rows[at].scrollIntoView({ block: 'nearest' });
          };
          const nextCpu = () => {
            let to = at + 1;
            while (to < rows.length - 1 && (lane(to) === undefined || lane(to) === lane(at))) to++;
            show(to);
          };
          const back = button('\u2190 back', 'left arrow or k', () => show(at - 1));
          const on = button('on \u2192', 'right arrow or j', () => show(at + 1));
          const other = button('to the next change of CPU', 'n', nextCpu);
          figure.tabIndex = 0;
          figure.addEventListener('keydown', event => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            const go = { ArrowLeft: () => show(at - 1), k: () => show(at - 1), ArrowRight: () => show(at + 1), j: () => show(at + 1), n: nextCpu, Escape: () => show(-1) }[event.key];
            if (!go) return;
            event.preventDefault();
            go();
          });
          bar.append(said);
          figure.prepend(bar);
          figure.append(state);
          show(-1);
        }

        """.ReplaceLineEndings("\n");
}
