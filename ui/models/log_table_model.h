// The records that match a filter in a range as table rows, addressed by their position: any number of them, of which only a few
// hundred pages are held. A row that is not here yet is asked for in its page and drawn as "…". Around one row the surrounding records
// of all kinds may be shown; a record of several lines may be opened in place. Columns of attributes follow the fixed ones. UI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QCache>
#include <QTimer>
#include <optional>
#include <unordered_map>

#include "bridge/query_runner.h"
#include "models/log_questions.h"
#include "theme/theme.h"

namespace nj::ui {

class LogTableModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTime, kMark, kService, kBody, kTrace, kColumns };   // then one per attribute key
    // Of a body: its lines when it is open (QStringList), how many it has, whether it counts as context.
    enum Role { kContextRole = Qt::UserRole + 1, kLoadedRole, kLinesRole, kLineCountRole };
    static constexpr int kPageRows = 200;
    static constexpr qsizetype kMostLines = 200;     // shown of an open record

    LogTableModel(QueryRunner& queries, const Theme& theme, QObject* parent = nullptr);

    // Asks anew; the old rows stay until the first page of the new ones is here, which begins at `around`.
    void setQuestion(TimeRange range, const Filter& filter, quint64 around = 0);
    void setUtc(bool utc);
    void setContentsShown(bool shown);               // of messages, else masked
    // Attribute keys shown beside the body; asks the pages anew.
    void setKeys(const QStringList& keys);
    [[nodiscard]] const QStringList& keys() const { return keys_; }
    [[nodiscard]] TimeRange range() const { return range_; }
    [[nodiscard]] const Filter& filter() const { return filter_; }
    [[nodiscard]] const QStringList& words() const { return words_; }
    // Words marked beside the filter's: what one jumps to without filtering.
    void setHit(const QString& words);
    [[nodiscard]] quint64 total() const { return total_; }
    [[nodiscard]] bool totalPartial() const { return partial_; }
    [[nodiscard]] bool settled() const { return !asking_ && !wantSoon_.isActive(); }

    // The record of a table row, or null while its page is under way (which this asks for).
    [[nodiscard]] const query::DetailedLogRow* record(int row) const;
    // Whether it is here, without asking for it.
    [[nodiscard]] bool loaded(int row) const;
    [[nodiscard]] bool isContext(int row) const;
    // Position among the matches of a table row, and back. Context rows have none.
    [[nodiscard]] std::optional<quint64> positionOfRow(int row) const;
    [[nodiscard]] int rowOfPosition(quint64 position) const;

    // Shows what surrounds a match; the former context goes. An empty context only takes it away.
    void setContext(quint64 position, LogContext context);
    void clearContext();
    [[nodiscard]] std::optional<quint64> contextPosition() const;

    // Opens a record in place: the lines of `body`, at most kMostLines and 64 KiB of them; or closes it.
    void openRecord(qint64 seq, const std::string& body);
    void closeRecord(qint64 seq);
    [[nodiscard]] bool isOpen(int row) const;
    // Lines of the body, as far as it is loaded.
    [[nodiscard]] static int lineCount(const query::LogRow& row);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void reloaded();                       // the first page of a new question is here
    void failed(const QString& message);
    void settledChanged();

private:
    using Page = std::vector<query::DetailedLogRow>;
    void want(quint64 page) const;
    void askWanted();
    void askPage(quint64 page, bool first);
    void pageArrived(quint64 page, bool first, Result<query::LogRowsAnswer>&& answer);
    [[nodiscard]] int contextRows() const;
    [[nodiscard]] QString bodyText(const query::LogRow& row) const;
    [[nodiscard]] QVariant text(const query::DetailedLogRow& row, int column) const;
    [[nodiscard]] QColor color(const query::LogRow& row, int column, bool context) const;

    QueryRunner& queries_;
    const Theme& theme_;
    TimeRange range_;
    Filter filter_;
    QStringList words_, keys_, hitWords_;
    std::unordered_map<qint64, QStringList> open_;   // by seq
    quint64 total_ = 0;
    bool partial_ = false, asking_ = false, utc_ = true, contents_ = false;
    QCache<quint64, Page> pages_;
    mutable QVector<quint64> wanted_;      // newest last
    mutable QTimer wantSoon_;
    std::optional<quint64> contextAt_;
    LogContext context_;
};

}  // namespace nj::ui
