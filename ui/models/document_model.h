// The lines of one document as table rows: number and text. Only the offsets of lines are held beside the text, and a line is cut for
// drawing, so that any file opens at once. UI thread.
#pragma once

#include <QAbstractTableModel>
#include <string>
#include <vector>

#include "theme/theme.h"

namespace nj::ui {

class DocumentModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kNumber, kText, kColumns };
    explicit DocumentModel(const Theme& theme, QObject* parent = nullptr);
    void setText(std::string text);
    [[nodiscard]] QString line(int row) const;          // cut at 4,096 characters
    // Next line that holds the text after `from` (−1: from the first), round the end; −1 = none. ASCII letters of either case.
    [[nodiscard]] int find(const QString& text, int from, bool forward) const;
    [[nodiscard]] int longestLine() const { return longest_; }   // characters, cut

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    [[nodiscard]] std::string_view bytes(int row) const;
    const Theme& theme_;
    std::string text_;
    std::vector<size_t> starts_;   // of lines, and one past the last
    int longest_ = 0;
};

}  // namespace nj::ui
