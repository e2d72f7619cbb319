namespace Variants.Reports.Pages.Site;

/// <summary><c>style.css</c>, how the site looks: light and dark, phone and desktop. Text has a contrast of at least 4.5 : 1 in both.</summary>
internal static class Style
{
    public static string Text { get; } = """
        :root{color-scheme:light dark;--paper:#ffffff;--ink:#1f2328;--dim:#57606a;--line:#d0d7de;--soft:#f3f5f7;--link:#0a58ca;
        --bad:#b42318;--bad-soft:#fdecea;--good:#1a6b34;--good-soft:#e8f5ec;--warn:#8a4b00;--warn-soft:#fff3d6}
        @media (prefers-color-scheme:dark){:root{--paper:#15191e;--ink:#e6edf3;--dim:#a3adb8;--line:#343b44;--soft:#1e242b;--link:#79b8ff;
        --bad:#ff9a8f;--bad-soft:#3a1d1b;--good:#7ee2a0;--good-soft:#17301f;--warn:#ffcf70;--warn-soft:#3a2c10}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:66rem;padding:1rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
        font:1rem/1.55 system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif}
        h1{font-size:1.7rem;line-height:1.2;margin:1.2rem 0 .4rem}
        h2{font-size:1.3rem;line-height:1.3;margin:2.2rem 0 .4rem}
        h3{font-size:1.1rem;margin:2rem 0 .6rem}
        p{margin:.5rem 0}
        a{color:var(--link)}
        a:focus-visible,button:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-999px}
        .skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.4rem .8rem;z-index:1}
        .from,cite{color:var(--dim);font-style:normal}
        .label{color:var(--dim);font-weight:400;font-size:.85em}
        .warning{background:var(--warn-soft);color:var(--warn);padding:.5rem .8rem;border-radius:.4rem}
        .wide{overflow-x:auto;margin:1rem 0}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;color:var(--dim);font-size:.85rem;padding-bottom:.35rem}
        th,td{text-align:left;vertical-align:top}
        .verdicts th,.verdicts td{border:1px solid var(--line);padding:.35rem .5rem;font-size:.88rem;line-height:1.3}
        .verdicts thead th{background:var(--soft);font-weight:600}
        .verdicts tbody th{font-weight:600;white-space:nowrap;position:sticky;left:0;background:var(--paper)}
        .verdicts thead th:first-child{position:sticky;left:0}
        .verdicts td span{display:block}
        .verdicts td a{white-space:nowrap}
        .verdicts .word{font-weight:600}
        .verdicts .rate{font-size:.78rem;color:var(--dim);white-space:nowrap}
        .verdicts th .rate{display:block;font-weight:400;white-space:normal}
        .verdicts .otherwise{min-width:9rem}
        .verdicts .fails{background:var(--bad-soft)}
        .verdicts .fails .word,.verdicts .fails .word a{color:var(--bad)}
        .verdicts .holds .word{color:var(--good)}
        .verdicts .unexpected{box-shadow:inset 0 0 0 2px var(--warn)}
        .verdicts .remark{font-size:.78rem;color:var(--warn);font-weight:600}
        .chart{margin:1.5rem 0;overflow-x:auto}
        .chart svg{display:block;width:100%;min-width:34rem;height:auto}
        .trail{font-size:.88rem;color:var(--dim);overflow-wrap:anywhere}
        .variant{scroll-margin-top:1rem}
        .variant h3{margin:1.4rem 0 .2rem}
        .variant:target h3{color:var(--link)}
        .failures{margin:.3rem 0;padding-left:1.2rem}
        .failures li{margin:.2rem 0}
        .neighbours{display:flex;flex-wrap:wrap;gap:.5rem 2rem;justify-content:space-between;margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem;font-size:.88rem}
        figure{margin:1rem 0}
        @media (min-width:90rem){.pair{display:grid;grid-template-columns:1fr 1fr;gap:2rem;width:min(94vw,110rem);margin-left:calc(50% - min(94vw,110rem)/2)}
        .pair section:only-child{grid-column:1/-1}}
        .panel{position:sticky;bottom:0;background:var(--paper);border-top:1px solid var(--line);padding:.5rem 0;max-height:50vh;overflow-y:auto}
        .bar{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
        .bar button{font:inherit;font-size:.88rem;color:var(--ink);background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.25rem .7rem;cursor:pointer}
        .bar button[aria-disabled=true]{color:var(--dim);cursor:default}
        .hint{margin:0;color:var(--dim);font-size:.78rem;flex-basis:100%}
        @media (hover:none){.hint{display:none}}
        .spoken{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .said{margin:0;color:var(--dim);font-size:.88rem}
        .lanes tbody tr{cursor:pointer}
        .lanes .now td{background:var(--warn-soft)}
        .lanes .now td.marked{background:var(--bad-soft)}
        .lanes .now td:first-child{box-shadow:inset .25rem 0 0 var(--warn)}
        .lanes .later td{color:var(--dim)}
        .state{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;margin-top:.4rem}
        .state h3{margin:.2rem 0;font-size:.82rem;font-weight:600;color:var(--dim)}
        .state ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem .4rem;
        font:.8rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .state li{border:1px solid var(--line);border-radius:.3rem;padding:.05rem .4rem}
        .state .changed{background:var(--warn-soft);border-color:var(--warn)}
        .state .was{color:var(--warn)}
        .cause{font-size:1.02rem}
        summary{cursor:pointer;color:var(--link);padding:.15rem 0}
        pre{font:.8rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--soft);
        border-radius:.4rem;padding:.7rem .9rem;overflow-x:auto;margin:.7rem 0}
        .command{user-select:all}
        .lanes{font:.8rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;min-width:30rem;table-layout:fixed}
        .lanes caption{font-family:system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif}
        .lanes th,.lanes td{padding:.16rem .6rem;border-left:1px solid var(--line);overflow-wrap:break-word;padding-left:1.4rem;text-indent:-.8rem}
        .lanes td span{display:inline-block;text-indent:0}
        .lanes th{border-bottom:1px solid var(--line);font-weight:600}
        .lanes th:first-child,.lanes td:first-child{border-left:0}
        .lanes .marked{background:var(--bad-soft)}
        .lanes .arrow{color:var(--bad)}
        .lanes .across{color:var(--dim);border-top:1px solid var(--line);padding-top:.3rem}
        @media (max-width:40rem){body{padding:.5rem .8rem 3rem}h1{font-size:1.35rem}h2{font-size:1.12rem}
        .lanes,pre{font-size:.72rem}.verdicts th,.verdicts td{padding:.3rem .35rem;font-size:.78rem}
        .verdicts tbody th{white-space:normal;max-width:7.5rem;overflow-wrap:break-word}.verdicts tbody th .label{display:block}}
        @media print{.panel,.neighbours,.trail,.skip{display:none}
        body{max-width:none;padding:0;font-size:.85rem}
        .wide,.chart,pre{overflow:visible}.chart svg{min-width:0}
        pre{white-space:pre-wrap}.lanes{min-width:0}
        tr,pre,.chart,.variant{break-inside:avoid}h1,h2,h3{break-after:avoid}
        .fails,.marked{print-color-adjust:exact}
        .lanes .now td{background:none;box-shadow:none}.lanes .later td{color:inherit}
        details::details-content{content-visibility:visible;display:block}}

        """.ReplaceLineEndings("\n");
}
