// One question, typed by the OpenAPI document: main URL KEY MERCHANT
package main

import (
	"callistics"
	"context"
	"fmt"
	"os"
)

func main() {
	url, key, merchant := os.Args[1], os.Args[2], os.Args[3]
	settings := callistics.NewConfiguration()
	settings.Servers = callistics.ServerConfigurations{{URL: url}}
	client := callistics.NewAPIClient(settings)
	authorized := context.WithValue(context.Background(), callistics.ContextAccessToken, key)

	filters := callistics.NewFilters()
	filters.SetMerchantId(callistics.StringAsFiltersMerchantId(&merchant))
	request := callistics.NewCallCountRequest("call_count")
	request.SetFilters(*filters)
	question := callistics.CallCountRequestAsAnalyticsRequest(request)
	answer, _, err := client.AnalyticsAPI.Analytics(authorized).AnalyticsRequest(question).Execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(answer.Data[0].CallCountRow.Count)
}
