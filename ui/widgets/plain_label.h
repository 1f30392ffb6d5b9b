// A label for text from telemetry: always plain text, cut at 4 KiB, optionally shortened with "…" to the width it has (the whole
// text is then the tooltip). `role` picks a token colour of the style sheet: "muted", "error", "warning", "ok", "accent".
// UI thread.
#pragma once

#include <QLabel>
#include <QString>
#include <string_view>

namespace nj::ui {

// The longest text drawn in one cell; a longer one ends in "…".
inline constexpr int kCellCharacters = 4096;
QString cutForCell(const QString& text);
// A stranger's text; what is no UTF-8 is replaced.
inline QString qText(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }
// The same as one line of a cell or a label: white space folded, a longer one than `most` characters ends in "…".
QString oneLine(std::string_view text, qsizetype most = kCellCharacters);
// The longest text that is shaped for one line: no screen shows more of it, and eliding shapes all it is given, every time it is asked.
inline constexpr int kLineCharacters = 512;
// The beginning and the end of a longer one, on one line.
QString cutForLine(const QString& text);
// A tool tip that shows the text as it is, never as markup.
QString plainToolTip(const QString& text);

class PlainLabel : public QLabel {
    Q_OBJECT
public:
    explicit PlainLabel(QWidget* parent = nullptr);
    PlainLabel(const QString& text, const QFont& font, const char* role = "", QWidget* parent = nullptr);

    void setPlain(const QString& text);
    [[nodiscard]] QString plain() const { return full_; }
    void setRole(const char* role);
    // One line, shortened at the end to the width there is.
    void setElided(bool elided);

    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void layoutText();
    [[nodiscard]] int lineWidth() const;
    QString full_;
    mutable int lineWidth_ = -1;   // -1: not measured yet
    bool elided_ = false;
};

}  // namespace nj::ui
