// Paints the rows of a waterfall from plain state; knows nothing of input. Lives for one paint event.
#pragma once

#include <QPainter>
#include <functional>
#include <optional>
#include <vector>

#include "theme/theme.h"
#include "widgets/waterfall_layout.h"

namespace nj::ui {

// Left edges of the columns, device-independent pixels; names begin at 0.
struct WaterfallColumns {
    int duration = 0, self = 0, bars = 0;
};

struct WaterfallScene {
    const WaterfallLayout& layout;
    TraceAxis axis;
    WaterfallColumns columns;
    const std::unordered_map<int32_t, std::vector<uint32_t>>& logsOfSpan;   // indices into the trace's logs, of spans that have some
    const std::vector<int32_t>& matches;                    // spans a search found, ascending
    const std::function<QColor(const std::string&)>& serviceColor;
    std::optional<TimeNs> cursor;
    int32_t selected = -1;
    int hoveredRow = -1;
    bool criticalPath = true, selfTime = true;
};

class WaterfallPainter {
public:
    static constexpr int kRulerHeight = 24;

    WaterfallPainter(QPainter& painter, const Theme& theme, const WaterfallScene& scene);
    void paintGrid(const QRect& viewport) const;
    void paintRuler(int width) const;
    void paintRow(int row, const QRect& rect, const QRect& bar) const;
    void paintCursor(int height) const;
    // Plain text for a tool tip.
    static QString toolTip(const WaterfallLayout& layout, const WaterfallRow& row);
    // Steps of a collapsed preparation: "guardrail 38.0 ms · retrieval 61.0 ms".
    static QString preparationSteps(const WaterfallLayout& layout, const WaterfallRow& row);

private:
    [[nodiscard]] const query::TraceSpan& span(const WaterfallRow& row) const { return scene_.layout.tree().spans[static_cast<size_t>(row.span)]; }
    [[nodiscard]] QColor colorOf(const query::TraceSpan& span) const;
    void paintName(const WaterfallRow& row, const QRect& rect) const;
    void paintNumbers(const WaterfallRow& row, const QRect& rect) const;
    void paintGap(const WaterfallRow& row, const QRect& rect, const QRect& bar) const;
    void paintMissing(const QRect& bar) const;
    [[nodiscard]] QString missingService(const WaterfallRow& row) const;
    void paintCount(const QRect& rect, int& x, uint32_t count) const;
    void paintBar(const WaterfallRow& row, const QRect& bar) const;
    void paintStages(const query::TraceSpan& s, const QRect& bar, const QColor& color) const;
    void paintCriticalPath(const query::TraceSpan& s, const QRect& bar) const;
    void paintMarks(const WaterfallRow& row, const QRect& bar) const;
    void paintLabel(const WaterfallRow& row, const QRect& bar, bool inside) const;
    [[nodiscard]] QString barLabel(const WaterfallRow& row) const;

    QPainter& painter_;
    const Theme& theme_;
    const WaterfallScene& scene_;
};

}  // namespace nj::ui
