// What the window shows, as text: the command line that shows it again, or a nightjar: link. Saved views and the state restored at
// the next start keep the same text. A link is untrusted: parsing checks every part, and opening one runs nothing but queries. Pure; any thread.
#pragma once

#include <QString>
#include <QStringList>

#include "base/result.h"
#include "base/time.h"

namespace nj::ui {

struct ViewLink {
    QString capsule;      // path; "" = the one that is open
    QString view;         // id of the view; "" = the first
    QString parameter;    // what the view has open: "trace:<hex>" …
    TimeRange range;      // empty = what the window opens with
    QString filter;       // search text
    QString select;       // "span:<seq>", "log:<seq>", "event:<seq>", "series:<id>"
    bool operator==(const ViewLink&) const = default;
};

// Puts the text of --select where it belongs: what a view opens ("trace:<id>", "metric:<name>" …), else a selection or a pasted id.
void setOpen(ViewLink& link, const QString& text);

// nightjar 'x.nightjar' --view latency --range 2026-03-17T09:30:00Z..2026-03-17T11:50:00Z --filter 'service:chat'
QString commandLine(const ViewLink& link);
// The same picture as a file: nightjar render 'x.nightjar' latency -o latency.png …
QString renderCommandLine(const ViewLink& link);
// nightjar://open?capsule=…&view=…&from=…&to=…&filter=…&select=…
QString linkText(const ViewLink& link);
bool isLinkText(const QString& text);
// Errors: kMalformed with the part that can't be read. Parts of other names are ignored, so that links of later versions still open.
Result<ViewLink> parseLink(const QString& text);

// A word for the shell's command line.
QString shellQuoted(const QString& text);

}  // namespace nj::ui
