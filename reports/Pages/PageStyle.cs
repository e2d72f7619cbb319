namespace Variants.Reports.Pages;

/// <summary>How the web page looks: light and dark, phone and desktop. Text has a contrast of at least 4.5 : 1 in both.</summary>
internal static class PageStyle
{
    public static string Css { get; } = """
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
        h4{font-size:1rem;margin:0}
        p{margin:.5rem 0}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
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
        .verdicts tbody th{font-weight:600;white-space:nowrap}
        .verdicts td span{display:block}
        .verdicts .word{font-weight:600}
        .verdicts .rate{font-size:.78rem;color:var(--dim);white-space:nowrap}
        .verdicts .fails{background:var(--bad-soft)}
        .verdicts .fails .word,.verdicts .fails .word a{color:var(--bad)}
        .verdicts .holds .word{color:var(--good)}
        .verdicts .unexpected{box-shadow:inset 0 0 0 2px var(--warn)}
        .verdicts .remark{font-size:.78rem;color:var(--warn);font-weight:600}
        .chart{margin:1.5rem 0;overflow-x:auto}
        .chart svg{display:block;width:100%;min-width:34rem;height:auto}
        .variants dt{font-weight:600;margin-top:.6rem}
        .variants dd{margin:0}
        .failure{border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;margin:1rem 0;scroll-margin-top:1rem}
        .failure:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
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
        @media (max-width:40rem){body{padding:.5rem .8rem 3rem}h1{font-size:1.35rem}h2{font-size:1.12rem}.failure{padding:.7rem .7rem}
        .lanes,pre{font-size:.72rem}.verdicts th,.verdicts td{padding:.3rem .35rem;font-size:.78rem}}
        @media print{.failure{break-inside:avoid}}

        """.ReplaceLineEndings("\n");
}
