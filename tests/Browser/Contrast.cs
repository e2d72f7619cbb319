using Microsoft.Playwright;

namespace Variants.Tests.Browser;

/// <summary>
/// The contrast of all text that a page shows, by the formula of WCAG 2.1: at least 4.5 : 1, and 3 : 1 for large text
/// (24 px, or 18.66 px bold). What lies behind text are the backgrounds of the elements that it stands in; behind the
/// text of a drawing, the rectangles drawn before it.
/// </summary>
internal static class Contrast
{
    /// <summary>A sentence for each text that is too faint, and how many texts were looked at.</summary>
    internal static async Task<(string[] Faint, int Texts)> Of(IPage page)
    {
        string[] all = await page.EvaluateAsync<string[]>(Script);
        return ([.. all.Where(text => text.Length > 0)], all.Length);
    }

    private const string Script = """
        () => {
          const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgba = colour => {
            context.clearRect(0, 0, 1, 1);
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
            return { r, g, b, a: a / 255 };
          };
          const over = (top, below) => ({
            r: top.r * top.a + below.r * (1 - top.a),
            g: top.g * top.a + below.g * (1 - top.a),
            b: top.b * top.a + below.b * (1 - top.a),
            a: 1,
          });
          const luminance = colour => {
            const linear = [colour.r, colour.g, colour.b].map(one => {
              const share = one / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
          };
          const contrast = (one, other) => {
            const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
            return (light + 0.05) / (dark + 0.05);
          };
          const canvas = rgba(matchMedia('(prefers-color-scheme:dark)').matches ? '#121212' : '#ffffff');
          const behind = element => {
            const layers = [];
            let opacity = 1;
            for (let at = element; at; at = at.parentElement) {
              opacity *= Number(getComputedStyle(at).opacity);
              if (!(at instanceof SVGElement)) layers.unshift(rgba(getComputedStyle(at).backgroundColor));
            }
            const drawing = element.closest('svg');
            if (drawing) {
              const box = element.getBoundingClientRect();
              const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
              for (const rectangle of drawing.querySelectorAll('rect')) {
                if (!(rectangle.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
                const own = rectangle.getBoundingClientRect();
                if (x < own.left || x > own.right || y < own.top || y > own.bottom) continue;
                const style = getComputedStyle(rectangle);
                if (style.fill === 'none' || style.fill.startsWith('url')) continue;
                const fill = rgba(style.fill);
                layers.push({ ...fill, a: fill.a * Number(style.fillOpacity) });
              }
            }
            return { paper: layers.reduce((below, top) => over(top, below), canvas), opacity };
          };
          const results = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const text = node.textContent.trim();
            const element = node.parentElement;
            if (text === '' || ['SCRIPT', 'STYLE', 'TITLE', 'DESC'].includes(element.tagName.toUpperCase())) continue;
            if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) || element.closest('.spoken, .skip')) continue;
            const style = getComputedStyle(element);
            const { paper, opacity } = behind(element);
            const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
            const ratio = contrast(over({ ...ink, a: ink.a * opacity }, paper), paper);
            const size = parseFloat(style.fontSize);
            const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
            results.push(ratio >= (isLarge ? 3 : 4.5) ? '' : `${ratio.toFixed(2)} : 1 for "${text.slice(0, 40)}" (${element.tagName} ${element.className.baseVal ?? element.className})`);
          }
          return results;
        }
        """;
}
